/**
 * The local far end of a stream, a FIFO or a Unix socket: found below the permitted folders, made
 * when missing, opened, ended and removed. It must not know of NBD, exports or the order of bytes.
 */
@NullMarked
package dev.sluice.endpoint;

import org.jspecify.annotations.NullMarked;
