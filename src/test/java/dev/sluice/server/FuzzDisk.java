package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

/** What a client has made of a write export, byte by byte; zero where nothing was written. */
final class FuzzDisk {

  private final byte[] now;

  /** What each byte may be instead: it was trimmed, or its write broke off. */
  private final byte[] perhaps;

  FuzzDisk(int size) {
    now = new byte[size];
    perhaps = new byte[size];
  }

  void write(long offset, byte[] data) {
    int from = Math.toIntExact(offset);
    System.arraycopy(data, 0, now, from, data.length);
    System.arraycopy(data, 0, perhaps, from, data.length);
  }

  void zero(long offset, long length) {
    write(offset, new byte[Math.toIntExact(length)]);
  }

  /** What the peer has already stays as it is. */
  void trim(long offset, long length) {
    int from = Math.toIntExact(offset);
    int to = Math.toIntExact(offset + length);
    for (int i = from; i < to; i++) {
      if (now[i] != 0) {
        perhaps[i] = now[i];
      }
    }
    Arrays.fill(now, from, to, (byte) 0);
  }

  /** A write of which only so much came, and that was not replied to. */
  void begin(long offset, byte[] data) {
    if (offset < 0 || offset > now.length) {
      return;
    }
    int from = (int) offset;
    System.arraycopy(data, 0, perhaps, from, Math.min(data.length, now.length - from));
  }

  void requireRead(long offset, byte[] content) {
    int from = Math.toIntExact(offset);
    assertThat(content)
        .as("what is read at %d", offset)
        .isEqualTo(Arrays.copyOfRange(now, from, from + content.length));
  }

  void requireDelivered(byte[] delivered) {
    for (int i = 0; i < delivered.length; i++) {
      if (delivered[i] != now[i] && delivered[i] != perhaps[i]) {
        throw new AssertionError(
            "the peer got %d at %d (expected: %d)".formatted(delivered[i], i, now[i]));
      }
    }
  }
}
