package dev.sluice.api.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.posix.LeakCheck;
import dev.sluice.posix.Posix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a body looks like on the wire, and which byte of it is held back until the end. */
class DataFrameTest {

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private Posix.Pipe pipe;

  @BeforeEach
  void open() throws IOException {
    pipe = Posix.pipe();
  }

  @AfterEach
  void close() throws IOException {
    Posix.close(pipe.readEnd());
    Posix.close(pipe.writeEnd());
  }

  private void write(String text) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = MemorySegment.ofArray(text.getBytes(StandardCharsets.US_ASCII));
      Posix.write(pipe.writeEnd(), arena.allocate(bytes.byteSize()).copyFrom(bytes));
    }
  }

  private long fill(DataFrame frame, boolean last) throws IOException {
    return frame.fill(pipe.readEnd(), last);
  }

  private static String send(DataFrame frame) {
    return StandardCharsets.US_ASCII.decode(frame.out()).toString();
  }

  @Test
  void theLastByteOfADeclaredSizeIsHeldBackUntilTheEnd() throws IOException {
    try (DataFrame frame = DataFrame.sized(5)) {
      write("abcde");
      assertThat(fill(frame, false)).isEqualTo(4);
      assertThat(frame.held()).isEqualTo(4);
      assertThat(send(frame)).isEqualTo("abcd");
      assertThat(frame.held()).isZero();
      assertThat(fill(frame, false)).isEqualTo(Posix.WOULD_BLOCK);

      assertThat(fill(frame, true)).isEqualTo(1);
      assertThat(send(frame)).isEqualTo("e");
      assertThat(fill(frame, true)).isEqualTo(Posix.WOULD_BLOCK);
      frame.end();
      assertThat(send(frame)).isEmpty();
    }
  }

  @Test
  void dataIsAChunkAndTheEndIsAnotherWithTheDigest() throws IOException {
    try (DataFrame frame = DataFrame.chunked("Repr-Digest")) {
      write("abc");
      assertThat(fill(frame, false)).isEqualTo(3);
      assertThat(frame.held()).isEqualTo(3);
      assertThat(send(frame)).isEqualTo("00000003\r\nabc\r\n");
      assertThat(fill(frame, true)).isEqualTo(Posix.WOULD_BLOCK);

      frame.end();
      assertThat(frame.held()).isZero();
      // printf abc | openssl dgst -sha256 -binary | base64
      assertThat(send(frame))
          .isEqualTo(
              "0\r\nRepr-Digest: sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:\r\n\r\n");
    }
  }

  @Test
  void aStreamWithoutAByteIsALastChunk() throws IOException {
    try (DataFrame frame = DataFrame.chunked(null)) {
      frame.end();
      assertThat(send(frame)).isEqualTo("0\r\n\r\n");
    }
  }

  @Test
  void anEndOfThePipeIsNoEndOfTheBody() throws IOException {
    Posix.Pipe other = Posix.pipe();
    Posix.close(other.writeEnd());
    try (DataFrame frame = DataFrame.sized(5)) {
      assertThat(frame.fill(other.readEnd(), false)).isZero();
      assertThat(frame.out().hasRemaining()).isFalse();
    }
    Posix.close(other.readEnd());
  }
}
