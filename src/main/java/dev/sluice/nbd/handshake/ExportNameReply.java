package dev.sluice.nbd.handshake;

import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.TransmissionFlags;
import java.nio.ByteBuffer;

/**
 * Encodes the reply to {@link OptionCode#EXPORT_NAME}, after which transmission starts. There is no
 * error reply: the server closes the connection instead.
 *
 * <p>Section "Newstyle negotiation".
 */
public final class ExportNameReply {

  private ExportNameReply() {}

  /**
   * Encodes the reply, ready to be read.
   *
   * @param size bytes, unsigned
   * @param transmissionFlags 16 bits; see {@link TransmissionFlags}
   * @param noZeroes whether both sides agreed to leave out the {@value
   *     Protocol#EXPORT_NAME_PADDING} bytes of padding
   */
  public static ByteBuffer encode(long size, int transmissionFlags, boolean noZeroes) {
    int padding = noZeroes ? 0 : Protocol.EXPORT_NAME_PADDING;
    return ByteBuffer.allocate(Long.BYTES + Short.BYTES + padding)
        .putLong(size)
        .putShort((short) transmissionFlags)
        .put(new byte[padding])
        .flip();
  }
}
