package dev.sluice.server.handshake;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.server.Conformance;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.stream.Stream;

/** Handshakes that clients have, as bytes, behind one that says how they are cut. */
final class HandshakeSeeds {

  private static final String BASE = "base:allocation";

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private HandshakeSeeds(int pieces, int flags) {
    bytes.write(pieces);
    bytes.writeBytes(ByteBuffer.allocate(4).putInt(flags).array());
  }

  static Stream<byte[]> all() {
    return Stream.of(
            flags(3).option(Conformance.LIST).option(Conformance.ABORT),
            flags(3).option(Conformance.INFO, info("w", 3)).option(Conformance.GO, info("w", 3)),
            flags(1).option(Conformance.EXPORT_NAME, "w".getBytes(US_ASCII)),
            flags(3).option(Conformance.EXPORT_NAME, "none".getBytes(US_ASCII)),
            flags(3)
                .option(Conformance.STARTTLS)
                .option(Conformance.STRUCTURED_REPLY)
                .option(Conformance.LIST_META_CONTEXT, contexts("r"))
                .option(Conformance.SET_META_CONTEXT, contexts("r", BASE, "sluice:stream"))
                .option(Conformance.GO, info("r", 0, 1, 2, 3)),
            flags(3)
                .option(Conformance.EXTENDED_HEADERS)
                .option(Conformance.STRUCTURED_REPLY)
                .option(Conformance.SET_META_CONTEXT, contexts("w", BASE))
                .option(Conformance.GO, info("w"))
                .raw(new byte[32]),
            flags(3).option(99, new byte[70_000]).option(4).option(Conformance.LIST, new byte[5]),
            flags(255).raw(new byte[20]))
        .map(seed -> seed.bytes.toByteArray());
  }

  private static HandshakeSeeds flags(int flags) {
    return new HandshakeSeeds(6, flags);
  }

  private static byte[] info(String name, int... requests) {
    return RawNbdClient.infoData(name, requests);
  }

  private static byte[] contexts(String name, String... queries) {
    return RawNbdClient.contextData(name, queries);
  }

  private HandshakeSeeds option(int code, byte... data) {
    bytes.writeBytes("IHAVEOPT".getBytes(US_ASCII));
    bytes.writeBytes(ByteBuffer.allocate(8).putInt(code).putInt(data.length).array());
    return raw(data);
  }

  private HandshakeSeeds raw(byte[] data) {
    bytes.writeBytes(data);
    return this;
  }
}
