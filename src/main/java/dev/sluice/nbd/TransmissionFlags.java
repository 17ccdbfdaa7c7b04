package dev.sluice.nbd;

import dev.sluice.nbd.transmission.Command;
import dev.sluice.nbd.transmission.CommandFlags;

/**
 * Capabilities of an export, which the client is told at the end of the handshake: 16 bits.
 *
 * <p>Section "Transmission flags".
 */
public final class TransmissionFlags {

  /** Always set. */
  public static final int HAS_FLAGS = 1;

  /** Commands that write are refused. */
  public static final int READ_ONLY = 1 << 1;

  /** {@link Command#FLUSH} is served. */
  public static final int SEND_FLUSH = 1 << 2;

  /** {@link CommandFlags#FUA} is accepted, on every command. */
  public static final int SEND_FUA = 1 << 3;

  /** The export behaves like a rotating disk. */
  public static final int ROTATIONAL = 1 << 4;

  /** {@link Command#TRIM} is served. */
  public static final int SEND_TRIM = 1 << 5;

  /** {@link Command#WRITE_ZEROES} and {@link CommandFlags#NO_HOLE} are served. */
  public static final int SEND_WRITE_ZEROES = 1 << 6;

  /** {@link CommandFlags#DF} is served; only with structured replies. */
  public static final int SEND_DF = 1 << 7;

  /** A client may spread its requests over several connections. */
  public static final int CAN_MULTI_CONN = 1 << 8;

  /** {@link Command#RESIZE} is served (experimental extension). */
  public static final int SEND_RESIZE = 1 << 9;

  /** {@link Command#CACHE} is served. */
  public static final int SEND_CACHE = 1 << 10;

  /** {@link CommandFlags#FAST_ZERO} is served; only with {@link #SEND_WRITE_ZEROES}. */
  public static final int SEND_FAST_ZERO = 1 << 11;

  /** Block status with a payload is served (experimental extension). */
  public static final int BLOCK_STATUS_PAYLOAD = 1 << 12;

  private TransmissionFlags() {}
}
