package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.bytes.TestSession.Status;
import dev.sluice.stream.window.WindowMemory;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Requests that bring nothing new keep no window memory for a stream that has not begun. */
@Slow("Waits for clocks.")
class HeldWithoutProgressTest extends HeldMemory {

  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** A client writes ahead and then does something in every tenth of the time that it has. */
  private void awaitSentAwayIn(Rig rig, TestClient holder, Flushes.Habit habit) throws IOException {
    write(holder, MIB, 2 * MIB);

    await().until(() -> !Flushes.once(holder, habit) && memory.used() == 0);

    assertThat(rig.state()).isEqualTo(StreamState.WAITING);
    assertThat(rig.drops).first().asString().startsWith("no new byte came for 1s");
    assertThat(rig.waitingFor()).contains("which were written and then given up");
  }

  @Test
  void flushesKeepNothing() throws Exception {
    try (Rig rig = Rig.writing(settings(SECOND, LONG), memory)) {
      TestClient holder = rig.connect();
      awaitSentAwayIn(rig, holder, holder::flush);
    }
  }

  @Test
  void readingWhatIsHeldKeepsNothing() throws Exception {
    try (Rig rig = Rig.writing(settings(SECOND, LONG), memory)) {
      TestClient holder = rig.connect();
      awaitSentAwayIn(rig, holder, () -> holder.read(MIB, 512));
    }
  }

  @Test
  void writingTheSameBytesAgainKeepsNothing() throws Exception {
    try (Rig rig = Rig.writing(settings(SECOND, LONG), memory)) {
      TestClient holder = rig.connect();
      awaitSentAwayIn(rig, holder, () -> write(holder, MIB, MIB + 512));
    }
  }

  @Test
  void writingTheSameZeroesAgainKeepsNothing() throws Exception {
    try (Rig rig = Rig.writing(settings(SECOND, LONG), memory)) {
      TestClient holder = rig.connect();
      holder.zeroes(4096, 512);
      awaitSentAwayIn(rig, holder, () -> holder.zeroes(4096, 512));
    }
  }

  @Test
  void requestsWithoutAPauseKeepNothing() throws Exception {
    try (Rig rig = Rig.writing(settings(SECOND, LONG), memory)) {
      TestClient holder = rig.connect();
      write(holder, MIB, 2 * MIB);
      Flushes.withoutPause(rig, holder);

      await().until(() -> memory.used() == 0);
      await().until(() -> !holder.isServed());
    }
  }

  /** Whatever a slow client writes, it may take as long as it likes. */
  @Test
  void newBytesKeepEverything() throws Exception {
    try (Rig rig = Rig.writing(settings(Duration.ofSeconds(2), LONG), memory)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient slow = rig.connect();
      write(slow, 2 * MIB, 3 * MIB);
      AtomicInteger written = new AtomicInteger(MIB);

      await()
          .pollInterval(Duration.ofMillis(250))
          .until(
              () -> {
                int from = written.getAndAdd(512);
                write(slow, from, from + 512);
                return from >= MIB + 12 * 512;
              });

      assertThat(memory.used()).isGreaterThan(MIB);
      write(slow, 0, MIB);
      write(slow, written.get(), 2 * MIB);
      assertThat(rig.state()).as(rig.failure()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  /** Both have the same timeouts; who holds memory without any progress is the first to go. */
  @Test
  void anotherStreamGetsItInTime() throws Exception {
    StreamSettings settings = settings(SECOND, SECOND);
    WindowMemory tight = new WindowMemory(settings.mostMemory());
    try (Rig holding = Rig.writing(settings, tight);
        Rig victim = Rig.writing(settings, tight)) {
      TestClient holder = holding.connect();
      holder.write(MIB, new byte[2 * MIB]);
      TestClient client = victim.connect();
      Future<Status> waiting = victim.inThread(() -> client.tryWrite(MIB, new byte[2 * MIB]));

      await()
          .until(
              () -> {
                Flushes.oneMore(holder);
                return waiting.isDone();
              });

      assertThat(waiting.get()).as(victim.failure()).isEqualTo(Status.OK);
    }
  }
}
