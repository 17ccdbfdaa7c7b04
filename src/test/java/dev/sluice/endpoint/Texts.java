package dev.sluice.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.posix.PollSet;
import dev.sluice.posix.Posix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** Short texts through an open endpoint, and through a peer's end of a socket. */
final class Texts {

  private static final int LONGEST = 100;

  private Texts() {}

  static void write(Endpoint endpoint, String text) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocateFrom(text, StandardCharsets.US_ASCII);
      assertThat(Posix.write(endpoint.descriptor(), bytes.asSlice(0, text.length())))
          .isEqualTo(text.length());
    }
  }

  /** What is there, once there is something; empty at the end. */
  static String read(Endpoint endpoint) throws IOException {
    try (Arena arena = Arena.ofConfined();
        PollSet poll = new PollSet(1)) {
      MemorySegment bytes = arena.allocate(LONGEST);
      poll.set(0, endpoint.descriptor(), PollSet.READABLE);
      assertThat(poll.await(5_000)).isTrue();
      long n = Posix.read(endpoint.descriptor(), bytes);
      return new String(
          bytes.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII);
    }
  }

  static void write(SocketChannel peer, String text) throws IOException {
    assertThat(peer.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII))))
        .isEqualTo(text.length());
  }

  /** What is there, once there is something; empty at the end. */
  static String read(SocketChannel peer) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(LONGEST);
    int n = peer.read(bytes);
    return new String(bytes.array(), 0, Math.max(n, 0), StandardCharsets.US_ASCII);
  }
}
