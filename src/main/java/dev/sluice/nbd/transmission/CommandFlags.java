package dev.sluice.nbd.transmission;

/**
 * Flags of a request: 16 bits. {@link RequestRules} knows which of them each command may have.
 *
 * <p>Section "Command flags".
 */
public final class CommandFlags {

  /** Reply only when the written data is on stable storage; valid on every command. */
  public static final int FUA = 1;

  /** Provision the zeroed range; valid on {@link Command#WRITE_ZEROES}. */
  public static final int NO_HOLE = 1 << 1;

  /** Do not fragment the reply; valid on {@link Command#READ}. */
  public static final int DF = 1 << 2;

  /** Report one extent per context; valid on {@link Command#BLOCK_STATUS}. */
  public static final int REQ_ONE = 1 << 3;

  /** Zero fast, or fail at once; valid on {@link Command#WRITE_ZEROES}. */
  public static final int FAST_ZERO = 1 << 4;

  /** The length is that of the payload (experimental extended headers). */
  public static final int PAYLOAD_LEN = 1 << 5;

  private CommandFlags() {}
}
