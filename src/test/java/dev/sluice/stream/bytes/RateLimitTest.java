package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.Timeouts;
import dev.sluice.testing.Slow;
import java.io.InputStream;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Streams that are held back to a byte per second, which is slower than the idle clock. */
@Slow("Measures rates, which takes seconds.")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RateLimitTest {

  private static final int MIB = 1 << 20;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private static StreamSettings slow(int head) {
    Timeouts timeouts =
        Timeouts.of(Duration.ZERO, Duration.ofMillis(700), Duration.ZERO, Duration.ZERO);
    return StreamSettings.of(OptionalLong.of(3 * MIB), 8 * MIB, head, timeouts).withRateLimit(1);
  }

  @Test
  void whatIsWrittenGoesAtItsRateUntilThatChanges() throws Exception {
    try (Rig rig = Rig.writing(slow(0))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      client.write(2, new byte[MIB]); // through the window
      client.sendWrite(0, new byte[2], 2); // from the socket
      rig.awaitPosition(3);
      assertThat(rig.position()).isLessThan(100);

      assertThat(rig.stream.change(settings -> settings.withRateLimit(0))).isTrue();

      rig.awaitPosition(MIB + 2);
    }
  }

  @Test
  void zeroesGoAtTheirRateToo() throws Exception {
    try (Rig rig = Rig.writing(slow(0))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      Future<?> zeroes =
          rig.inThread(() -> client.request(TestSession.Operation.ZEROES, 0, 2 * MIB));
      rig.awaitPosition(2);
      assertThat(rig.position()).isLessThan(100);

      rig.stream.change(settings -> settings.withRateLimit(1000 * MIB));

      zeroes.get();
      assertThat(rig.position()).isEqualTo(2 * MIB);
    }
  }

  @Test
  void whatIsReadGoesAtItsRateUntilThatChanges() throws Exception {
    byte[] data = Bytes.random(3 * MIB);
    try (Rig rig = Rig.reading(slow(2))) {
      rig.peerWrites(
          out -> {
            out.write(data);
            return data.length;
          });
      TestClient client = rig.connect();
      Future<byte[]> head = rig.inThread(() -> client.read(0, 2));
      assertThat(head.get()).isEqualTo(Bytes.part(data, 0, 2));
      Future<byte[]> rest = rig.inThread(() -> client.read(2, MIB));
      rig.awaitPosition(3);
      assertThat(rig.position()).isLessThan(100);

      rig.stream.change(settings -> settings.withRateLimit(0));

      assertThat(rest.get()).isEqualTo(Bytes.part(data, 2, MIB + 2));
    }
  }

  @Test
  void aStreamThatIsHeldBackCanBeEnded() throws Exception {
    try (Rig rig = Rig.writing(slow(0))) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      Future<?> write = rig.inThread(() -> client.tryWrite(0, new byte[MIB]));
      rig.awaitPosition(1);

      rig.stream.cancel();

      assertThat(write.get()).isEqualTo(TestSession.Status.ENDED);
    }
  }
}
