/**
 * The loops that move bytes between a client and an endpoint. They must not know why, or for which
 * request.
 */
@NullMarked
package dev.sluice.stream.io;

import org.jspecify.annotations.NullMarked;
