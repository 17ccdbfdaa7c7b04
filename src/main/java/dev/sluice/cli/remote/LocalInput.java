package dev.sluice.cli.remote;

import dev.sluice.cli.common.FailedException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Standard input. A read error must not look like the end of input, nor like a broken connection.
 */
final class LocalInput extends InputStream {

  private final InputStream in;

  LocalInput(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] bytes, int start, int count) {
    try {
      return in.read(bytes, start, count);
    } catch (IOException e) {
      throw new FailedException("standard input cannot be read: " + e.getMessage(), e);
    }
  }
}
