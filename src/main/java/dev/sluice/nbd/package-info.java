/**
 * The NBD wire protocol as values: constants, what a client may send, what a server may answer, and
 * the rules that a request must obey. It works on big-endian {@link java.nio.ByteBuffer}s, whose
 * bytes nobody has vouched for, and must not know of sockets, Netty, Spring, exports or streams.
 *
 * @see <a href="https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md">The NBD
 *     protocol</a>; section names in this package are that document's headings
 */
@NullMarked
package dev.sluice.nbd;

import org.jspecify.annotations.NullMarked;
