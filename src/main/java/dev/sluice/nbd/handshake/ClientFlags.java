package dev.sluice.nbd.handshake;

import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.ProtocolException;

/**
 * The client's answer to a {@link Greeting} that offered both handshake flags.
 *
 * <p>Section "Client flags".
 *
 * @param fixedNewstyle whether the client understands replies to options; a client that does not
 *     can only send {@link OptionCode#EXPORT_NAME}
 * @param noZeroes whether the padding of an {@link ExportNameReply} is left out
 */
public record ClientFlags(boolean fixedNewstyle, boolean noZeroes) {

  private static final int KNOWN = Protocol.FLAG_C_FIXED_NEWSTYLE | Protocol.FLAG_C_NO_ZEROES;

  /**
   * Decodes the 32 bits of client flags.
   *
   * @throws ProtocolException if a flag is set that was not offered
   */
  public static ClientFlags decode(int flags) throws ProtocolException {
    if ((flags & ~KNOWN) != 0) {
      throw new ProtocolException(
          "client flags: 0x%08x (expected: none but 0x%08x)".formatted(flags, KNOWN));
    }
    return new ClientFlags(
        (flags & Protocol.FLAG_C_FIXED_NEWSTYLE) != 0, (flags & Protocol.FLAG_C_NO_ZEROES) != 0);
  }
}
