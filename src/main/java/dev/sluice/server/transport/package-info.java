/**
 * How bytes go to a client and come from it, plain or by TLS, and where the TLS comes from. It must
 * not know what the bytes mean.
 */
@NullMarked
package dev.sluice.server.transport;

import org.jspecify.annotations.NullMarked;
