/**
 * Moves bytes to and from a client, plain or with TLS, and configures TLS. It must not know what
 * the bytes mean.
 */
@NullMarked
package dev.sluice.server.transport;

import org.jspecify.annotations.NullMarked;
