package dev.sluice.nbd;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Bytes as a test writes them: in hexadecimal, with spaces where they help. */
public final class Wire {

  private Wire() {}

  public static ByteBuffer bytes(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
  }
}
