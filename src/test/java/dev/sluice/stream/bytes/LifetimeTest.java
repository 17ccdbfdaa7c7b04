package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.Timeouts;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Slow("Waits for clocks.")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LifetimeTest {

  private static final int MIB = 1 << 20;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private static Rig rig(Duration lifetime, long rateLimit) throws IOException {
    Timeouts timeouts = Timeouts.of(Duration.ZERO, Duration.ZERO, Duration.ZERO, lifetime);
    Rig rig =
        Rig.writing(
            StreamSettings.of(OptionalLong.of(MIB), MIB, 0, timeouts).withRateLimit(rateLimit));
    rig.stream.start();
    return rig;
  }

  @Test
  void anExportThatNobodyUsedFails() throws Exception {
    try (Rig rig = rig(Duration.ofMillis(100), 0)) {
      rig.awaitState(StreamState.FAILED);

      assertThat(rig.failure()).isEqualTo("the lifetime of 0.1s was over at position 0");
    }
  }

  @Test
  void aSilentClientDoesNotKeepItAlive() throws Exception {
    try (Rig rig = rig(Duration.ofMillis(100), 0)) {
      TestClient client = rig.connect();
      rig.awaitState(StreamState.FAILED);

      assertThat(client.tryWrite(0, new byte[1])).isEqualTo(TestSession.Status.ENDED);
    }
  }

  @Test
  void aSlowStreamThatMovesGoesOnUntilItIsComplete() throws Exception {
    Duration lifetime = Duration.ofMillis(400);
    try (Rig rig = rig(lifetime, MIB)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      long begin = System.nanoTime();
      rig.connect().write(0, new byte[MIB]); // takes a second

      assertThat(System.nanoTime() - begin).isGreaterThan(lifetime.toNanos());
      assertThat(peer.get()).hasSize(MIB);
      assertThat(rig.state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @Test
  void whenItStandsStillAfterItsLifetimeItFails() throws Exception {
    try (Rig rig = rig(Duration.ofMillis(400), MIB)) {
      rig.peerReads(InputStream::readAllBytes);
      rig.connect().write(0, new byte[MIB - 1]);

      rig.awaitState(StreamState.FAILED);

      assertThat(rig.failure()).isEqualTo("the lifetime of 0.4s was over at position 1048575");
    }
  }

  @Test
  void nothingIsKeptOfAStreamThatHasEnded() throws Exception {
    try (Rig rig = rig(Duration.ofHours(1), 0)) {
      assertThat(rig.scheduled()).isEqualTo(1);
      rig.stream.cancel();

      await().untilAsserted(() -> assertThat(rig.scheduled()).isZero());
    }
  }
}
