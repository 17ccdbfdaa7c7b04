package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.posix.LeakCheck;
import dev.sluice.posix.NativeThreads;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.Timeouts;
import dev.sluice.stream.WaitCause;
import dev.sluice.stream.bytes.TestSession.Status;
import dev.sluice.stream.client.Worker;
import dev.sluice.stream.core.Deadline;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Deadlines that were over long before anybody could look, because the process was stopped. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StoppedProcessTest {

  private static final int MIB = 1 << 20;

  /** A deadline of this length is over for long when it begins. */
  private static final Duration PAST = Duration.ofSeconds(-1);

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  /** Others that could have freed it were stopped as well. */
  @Test
  void whoWaitsForMemoryWaitsOn() throws Exception {
    try (Rig rig = Rig.writing(Rig.settings(MIB, MIB));
        Worker worker = Worker.withoutClient(rig.stream.core())) {
      Deadline past = new Deadline("nothing came", Duration.ofSeconds(1));
      AtomicInteger looks = new AtomicInteger();
      await().until(past::isLongOver);

      worker.waiter().awaitSignal(WaitCause.WINDOW_MEMORY, past, () -> looks.incrementAndGet() > 1);

      assertThat(looks).hasValue(2);
    }
  }

  /** Some of what comes from it may have to pass other threads that were stopped as well. */
  @Test
  void whoseClientStandsStillWaitsForIt() throws Exception {
    byte[] data = Bytes.random(MIB);
    Duration none = Duration.ZERO;
    Timeouts timeouts = new Timeouts(none, PAST, none, none, Duration.ofSeconds(30), none);
    StreamSettings settings = StreamSettings.of(OptionalLong.of(2 * MIB), 0, 0, timeouts);
    try (Rig rig = Rig.writing(settings)) {
      Future<byte[]> peer = rig.peerReads(in -> in.readNBytes(MIB));
      TestClient client = rig.connect();
      client.sendWrite(0, data, MIB / 2);
      await()
          .pollInterval(Duration.ofMillis(1))
          .until(() -> NativeThreads.waitingIn("awaitBeforeOthers", "await") > 0);

      client.sendAll(ByteBuffer.wrap(data, MIB / 2, MIB / 2));

      assertThat(client.status()).as(rig.failure()).isEqualTo(Status.OK);
      assertThat(peer.get()).isEqualTo(data);
    }
  }
}
