package dev.sluice.server.session;

import dev.sluice.server.Conformance;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.stream.Stream;

/** Transmissions that clients have, as bytes, behind those that say what they are about. */
final class TransmissionSeeds {

  private static final int SIMPLE = 0;
  private static final int STRUCTURED = 1;
  private static final int EXTENDED = 2;
  private static final int READS = 4;
  private static final int LARGE = 3 << 3;
  private static final int SMALL_WINDOWS = 5;
  private static final int NO_HEAD = 1;
  private static final int WIDE_WINDOWS = 15;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final boolean extended;
  private int cookie;

  private TransmissionSeeds(int kind, int windows) {
    extended = (kind & 3) == EXTENDED;
    bytes.write(kind);
    bytes.write(windows);
    bytes.write(200);
  }

  static Stream<byte[]> all() {
    return Stream.of(
            new TransmissionSeeds(SIMPLE, SMALL_WINDOWS)
                .write(0, 1024)
                .write(1024, 3072)
                .request(0, Conformance.FLUSH, 0, 0)
                .request(0, Conformance.DISC, 0, 0),
            new TransmissionSeeds(STRUCTURED, WIDE_WINDOWS)
                .write(2048, 2048)
                .request(0, Conformance.BLOCK_STATUS, 0, 4096)
                .request(0, Conformance.READ, 1024, 2048)
                .request(Conformance.NO_HOLE, Conformance.WRITE_ZEROES, 0, 2048)
                .request(0, Conformance.TRIM, 1000, 24)
                .request(0, Conformance.DISC, 0, 0),
            new TransmissionSeeds(SIMPLE | LARGE, WIDE_WINDOWS)
                .write(4000, 3000)
                .request(0, Conformance.WRITE_ZEROES, 4500, 500)
                .write(6000, 70)
                .request(0, Conformance.TRIM, 5500, 100)
                .request(0, Conformance.READ, 3000, 4000)
                .write(0, 4000)
                .request(0, Conformance.WRITE_ZEROES, 7000, 63_000)
                .request(0, Conformance.DISC, 0, 0),
            new TransmissionSeeds(STRUCTURED, NO_HEAD)
                .write(2048, 2048)
                .write(0, 2048)
                .request(0, Conformance.READ, 0, 10)
                .request(0, Conformance.DISC, 0, 0),
            new TransmissionSeeds(EXTENDED | LARGE, SMALL_WINDOWS)
                .request(Conformance.FAST_ZERO, Conformance.WRITE_ZEROES, 0, 70_000)
                .write(0, 700)
                .request(0, Conformance.WRITE_ZEROES, 700, 69_300)
                .request(Conformance.FUA, Conformance.WRITE_ZEROES, 69_000, 1144)
                .request(0, Conformance.DISC, 0, 0),
            new TransmissionSeeds(SIMPLE | READS, SMALL_WINDOWS)
                .request(0, Conformance.READ, 0, 512)
                .request(0, Conformance.READ, 0, 4096)
                .request(0, Conformance.DISC, 0, 0),
            new TransmissionSeeds(STRUCTURED | READS | LARGE, WIDE_WINDOWS)
                .request(Conformance.DF, Conformance.READ, 65_536, 4464)
                .request(0, Conformance.CACHE, 0, 70_000)
                .request(0, Conformance.READ, 0, 70_144)
                .request(0, Conformance.DISC, 0, 0),
            new TransmissionSeeds(EXTENDED | READS, SMALL_WINDOWS)
                .request(Conformance.REQ_ONE, Conformance.BLOCK_STATUS, 0, 4096)
                .request(0, Conformance.READ, 0, 4096)
                .request(0, Conformance.WRITE, 0, 0)
                .request(0, 77, 0, 9)
                .request(0, Conformance.DISC, 0, 0))
        .map(seed -> seed.bytes.toByteArray());
  }

  private TransmissionSeeds write(long offset, int length) {
    request(extended ? Conformance.PAYLOAD_LEN : 0, Conformance.WRITE, offset, length);
    byte[] payload = new byte[length];
    for (int i = 0; i < length; i++) {
      payload[i] = (byte) (1 + i % 255);
    }
    bytes.writeBytes(payload);
    return this;
  }

  private TransmissionSeeds request(int flags, int type, long offset, long length) {
    ByteBuffer header = ByteBuffer.allocate(extended ? 32 : 28);
    header.putInt(extended ? 0x21e41c71 : 0x25609513);
    header.putShort((short) flags).putShort((short) type).putLong(++cookie).putLong(offset);
    if (extended) {
      header.putLong(length);
    } else {
      header.putInt((int) length);
    }
    bytes.writeBytes(header.array());
    return this;
  }
}
