package dev.sluice.cli.remote;

import dev.sluice.cli.common.FailedException;
import java.io.IOException;
import java.io.OutputStream;

/** Standard output. A write error must not look like a broken connection. */
final class LocalOutput extends OutputStream {

  private final OutputStream out;

  private long count;
  private boolean failed;

  LocalOutput(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int start, int length) {
    try {
      out.write(bytes, start, length);
      count += length;
    } catch (IOException e) {
      failed = true;
      throw new FailedException("standard output cannot be written to: " + e.getMessage(), e);
    }
  }

  /** Returns how many bytes have been written, at least. */
  long count() {
    return count;
  }

  /** Returns whether a write has failed. */
  boolean hasFailed() {
    return failed;
  }
}
