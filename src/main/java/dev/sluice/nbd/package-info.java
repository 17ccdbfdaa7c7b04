/**
 * What both phases of the NBD wire protocol share: constants, flags and strings. The handshake and
 * the transmission phase are packages of their own, below this one. They must not know sockets,
 * Netty, Spring, exports or streams.
 *
 * @see <a href="https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md">The NBD
 *     protocol</a>; section names in this package and below it are that document's headings
 */
@NullMarked
package dev.sluice.nbd;

import org.jspecify.annotations.NullMarked;
