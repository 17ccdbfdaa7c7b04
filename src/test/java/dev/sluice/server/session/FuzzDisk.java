package dev.sluice.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a client has made of a write export, byte by byte; zero where nothing was written. */
final class FuzzDisk {

  private final byte[] now;

  /** Writes that broke off. */
  private final List<Begun> begun = new ArrayList<>();

  private record Begun(long offset, byte[] data) {

    boolean has(int place, byte value) {
      long at = place - offset;
      return at >= 0 && at < data.length && data[(int) at] == value;
    }
  }

  FuzzDisk(int size) {
    now = new byte[size];
  }

  void write(long offset, byte[] data) {
    int from = Math.toIntExact(offset);
    System.arraycopy(data, 0, now, from, data.length);
  }

  void zero(long offset, long length) {
    write(offset, new byte[Math.toIntExact(length)]);
  }

  /** A write of which only so much came, and that was not replied to. */
  void begin(long offset, byte[] data) {
    begun.add(new Begun(offset, data));
  }

  void requireRead(long offset, byte[] content) {
    int from = Math.toIntExact(offset);
    assertThat(content)
        .as("what is read at %d", offset)
        .isEqualTo(Arrays.copyOfRange(now, from, from + content.length));
  }

  void requireDelivered(byte[] delivered) {
    for (int i = 0; i < delivered.length; i++) {
      int place = i;
      byte value = delivered[i];
      if (value != now[i] && begun.stream().noneMatch(write -> write.has(place, value))) {
        throw new AssertionError(
            "the peer got %d at %d (expected: %d)".formatted(value, i, now[i]));
      }
    }
  }
}
