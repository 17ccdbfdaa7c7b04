/**
 * The endpoint of a stream: a FIFO or a Unix socket, which is found below the permitted folders or
 * made there, opened, ended and removed. It must not know of NBD, exports or the order of bytes.
 */
@NullMarked
package dev.sluice.endpoint;

import org.jspecify.annotations.NullMarked;
