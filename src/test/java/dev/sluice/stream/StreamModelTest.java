package dev.sluice.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.Rig.Far;
import dev.sluice.stream.Rig.Near;
import dev.sluice.stream.SocketTransport.Payload;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Random clients that behave as clients may, against a model of the bytes. {@code
 * -Dsluice.test.seeds=N} runs N seeds each way, {@code -Dsluice.test.seed=S} begins with S.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class StreamModelTest {

  private static final int SEEDS = Integer.getInteger("sluice.test.seeds", 1_000);
  private static final long FIRST_SEED = Long.getLong("sluice.test.seed", 0);

  /** No single seed may take longer than this. */
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  @Test
  void whatClientsWriteComesOutOnceAndInOrder() throws Exception {
    forEachSeed(Direction.WRITE, StreamModelTest::write);
  }

  @Test
  void clientsReadWhatThePeerGave() throws Exception {
    forEachSeed(Direction.READ, StreamModelTest::read);
  }

  private interface Scenario {
    void run(Rig rig, StreamSettings settings, Random random) throws Exception;
  }

  private static void forEachSeed(Direction direction, Scenario scenario) {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      Random random = new Random(seed);
      random.nextInt(); // the first of neighbouring seeds are alike
      StreamSettings settings = settings(random, direction);
      Far far = Far.values()[random.nextInt(2)];
      Payload payload = Payload.values()[random.nextInt(2)];
      // Finding the descriptor of a TCP connection takes milliseconds, so there are not many.
      Near near = random.nextInt(8) == 0 ? Near.TCP : Near.UNIX;
      try (Rig rig = new Rig(direction, far, payload, near, settings)) {
        scenario.run(rig, settings, random);
      } catch (Exception | AssertionError e) {
        throw new AssertionError(
            "seed %d: %s, %s, %s, %s".formatted(seed, far, payload, near, settings), e);
      }
    }
  }

  private static StreamSettings settings(Random random, Direction direction) {
    int head = new int[] {0, 512, 4096, 65_536}[random.nextInt(4)];
    int window = new int[] {4096, 65_536, 1 << 20}[random.nextInt(3)];
    boolean unknown = random.nextInt(4) == 0;
    int size = 1 + random.nextInt(random.nextBoolean() ? 5_000 : 300_000);
    if (direction == Direction.WRITE && random.nextInt(10) == 0) {
      size = 1_200_000 + random.nextInt(1_000_000); // more than a pipe
    }
    return new StreamSettings(
        unknown ? OptionalLong.empty() : OptionalLong.of(size),
        window,
        head,
        new Timeouts(LIMIT, LIMIT, LIMIT, Duration.ZERO),
        false,
        false,
        0);
  }

  private static void write(Rig rig, StreamSettings settings, Random random) throws Exception {
    long peerSeed = random.nextLong();
    Future<byte[]> peer = rig.peerReads(in -> readInPieces(in, new Random(peerSeed)));
    WriterModel model = new WriterModel(rig, settings, random);
    model.run();
    assertThat(rig.failure()).isEqualTo("null");
    assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    assertSame(peer.get(20, TimeUnit.SECONDS), model.expected());
  }

  private static byte[] readInPieces(InputStream in, Random random) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] piece = new byte[1 + random.nextInt(100_000)];
    for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
      all.write(piece, 0, n);
      if (random.nextInt(20) == 0) {
        Thread.yield();
      }
    }
    return all.toByteArray();
  }

  private static void read(Rig rig, StreamSettings settings, Random random) throws Exception {
    byte[] data = new byte[(int) settings.size().orElse(1 + random.nextInt(200_000))];
    random.nextBytes(data);
    long peerSeed = random.nextLong();
    rig.peerWrites(out -> writeInPieces(out, data, new Random(peerSeed)));
    new ReaderModel(rig, settings, random, data).run();
    assertThat(rig.state()).as(rig.failure()).isEqualTo(StreamState.COMPLETED);
  }

  private static byte[] writeInPieces(OutputStream out, byte[] data, Random random)
      throws IOException {
    int largest = 1 + random.nextInt(random.nextBoolean() ? 300 : 100_000);
    for (int at = 0; at < data.length; ) {
      int n = Math.min(data.length - at, 1 + random.nextInt(largest));
      out.write(data, at, n);
      at += n;
    }
    return data;
  }

  private static void assertSame(byte[] actual, byte[] expected) {
    int mismatch = Arrays.mismatch(actual, expected);
    assertThat(mismatch)
        .as(
            "first difference, of %d bytes that came out and %d expected",
            actual.length, expected.length)
        .isNegative();
  }
}
