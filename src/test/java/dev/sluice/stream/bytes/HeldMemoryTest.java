package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.sluice.stream.Assurances;
import dev.sluice.stream.RefusedRequestException;
import dev.sluice.stream.StreamExtent;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.Timeouts;
import dev.sluice.stream.bytes.TestSession.Operation;
import dev.sluice.stream.bytes.TestSession.Status;
import dev.sluice.stream.window.WindowMemory;
import dev.sluice.testing.Slow;
import java.io.InputStream;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What streams that have not begun hold of the memory for windows, and for how long. */
class HeldMemoryTest extends HeldMemory {

  private static final Duration SOON = Duration.ofMillis(200);

  private void awaitNothingHeld() {
    await("no memory held").until(() -> memory.used() == 0);
  }

  /** The first 64 KiB of a head are beside what streams share. */
  @Test
  void aSmallHeadWriteNeverWaitsForAnotherStreamsWindow() throws Exception {
    StreamSettings settings = settings(NEVER, NEVER);
    WindowMemory tight = new WindowMemory(settings.mostMemory());
    try (Rig other = Rig.writing(settings, tight);
        Rig rig = Rig.writing(settings, tight)) {
      other.connect().write(MIB, new byte[2 * MIB]);
      TestClient client = rig.connect();
      long before = tight.used();

      write(client, 0, 4096);
      write(client, 4096, 64 * 1024);

      assertThat(tight.used()).isEqualTo(before);
    }
    assertThat(tight.used()).isZero();
  }

  @Test
  void aProbeOfTheHeadNeverWaitsForAnotherStreamsWindow() throws Exception {
    StreamSettings settings = settings(NEVER, NEVER);
    WindowMemory tight = new WindowMemory(settings.mostMemory());
    try (Rig other = Rig.writing(settings, tight);
        Rig rig = Rig.reading(settings, tight)) {
      other.connect().write(MIB, new byte[2 * MIB]);
      rig.peerWrites(
          out -> {
            out.write(data);
            return true;
          });

      assertThat(rig.connect().read(0, 64 * 1024)).isEqualTo(Bytes.part(data, 0, 64 * 1024));
    }
  }

  @Test
  void whatIsAheadIsGivenUpWhenNobodyComesBackAndHasToBeWrittenAgain() throws Exception {
    try (Rig rig = Rig.writing(settings(NEVER, SOON), memory)) {
      TestClient lost = rig.connect();
      write(lost, 0, 4096);
      write(lost, MIB, 2 * MIB);

      lost.hangUp();

      awaitNothingHeld();
      assertThat(rig.state()).isEqualTo(StreamState.WAITING);
      // The memory is free a moment before it is told what for.
      await()
          .untilAsserted(
              () ->
                  assertThat(rig.waitingFor())
                      .startsWith(
                          "bytes 1048576 to 2097151, which were written and then given up"));
      assertThat(rig.stream.status().note()).contains("given up");
      assertThatExceptionOfType(RefusedRequestException.class)
          .isThrownBy(() -> rig.stream.finish(Assurances.PADDED_TAIL))
          .withMessageContaining("given up");

      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient next = rig.connect();
      write(next, 0, MIB);
      write(next, 2 * MIB, 3 * MIB);
      assertThat(rig.position()).isEqualTo(MIB);
      write(next, MIB, 2 * MIB);
      next.disconnect();
      assertThat(rig.state()).as(rig.failure()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  /** Else a client that reads, changes and writes it would make zeroes of the rest. */
  @Test
  void whatWasGivenUpCannotBeRead() throws Exception {
    try (Rig rig = Rig.writing(settings(NEVER, SOON), memory)) {
      TestClient lost = rig.connect();
      write(lost, MIB, 2 * MIB);
      lost.hangUp();
      awaitNothingHeld();
      TestClient next = rig.connect();

      assertThat(next.tryRead(2 * MIB - 512, 1024)).isEqualTo(Status.REFUSED);
      assertThat(next.read(2 * MIB, 512)).isEqualTo(new byte[512]);
      assertThat(rig.map(0, 3 * MIB, 3))
          .containsExactly(new StreamExtent(3 * MIB, StreamExtent.Content.AHEAD));

      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      write(next, 0, MIB);
      write(next, MIB, 2 * MIB);
      write(next, 2 * MIB, 3 * MIB);
      next.disconnect();
      assertThat(rig.state()).as(rig.failure()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  void aWriteAfterTheEndTakesNoMemoryAndWaitsForNone() throws Exception {
    StreamSettings settings = settings(NEVER, NEVER);
    try (Rig rig = Rig.writing(settings.withResumeWindow(2 * MIB), memory);
        Rig other = Rig.writing(Rig.settings(8 * MIB, 7 * MIB), memory)) {
      rig.peerReads(InputStream::readAllBytes);
      TestClient client = rig.connect();
      write(client, 0, 3 * MIB);
      assertThat(rig.state()).as(rig.failure()).isEqualTo(StreamState.COMPLETED);
      assertThat(client.tryWrite(0, new byte[512])).isEqualTo(Status.REFUSED);
      assertThat(memory.used()).isZero();

      other.connect().write(Rig.HEAD, new byte[7 * MIB]);
      assertThat(client.tryWrite(0, new byte[512])).isEqualTo(Status.REFUSED);
      assertThat(memory.used()).isEqualTo(7 * MIB);
    }
  }

  /** It was acknowledged, so it is no gap that could be zeroes. */
  @Test
  void noGoodbyeStandsForWhatWasGivenUp() throws Exception {
    StreamSettings settings = settings(NEVER, SOON).withAssurances(Assurances.PADDED_TAIL);
    try (Rig rig = Rig.writing(settings, memory)) {
      TestClient first = rig.connect();
      write(first, MIB, 2 * MIB);
      first.hangUp();
      awaitNothingHeld();

      rig.peerReads(InputStream::readAllBytes);
      TestClient next = rig.connect();
      write(next, 0, MIB);
      write(next, 2 * MIB, 3 * MIB);
      next.disconnect();

      assertThat(rig.state()).isIn(StreamState.INTERRUPTED, StreamState.FAILED);
    }
  }

  @Test
  void aGoodbyeHoldsNoMemoryForEverEither() throws Exception {
    try (Rig rig = Rig.writing(settings(NEVER, SOON), memory)) {
      TestClient client = rig.connect();
      write(client, MIB, 2 * MIB);
      client.disconnect();

      awaitNothingHeld();
      assertThat(rig.state()).isEqualTo(StreamState.WAITING);
    }
  }

  @Test
  void whoComesBackInTimeFindsWhatWasAhead() throws Exception {
    try (Rig rig = Rig.writing(settings(NEVER, Duration.ofMinutes(5)), memory)) {
      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient first = rig.connect();
      write(first, MIB, 3 * MIB);
      first.hangUp();
      assertThat(memory.used()).isEqualTo(2 * MIB);

      TestClient next = rig.connect();
      write(next, 0, MIB);
      next.disconnect();

      assertThat(rig.state()).as(rig.failure()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  @Test
  @Slow("Waits longer than the timeout that must not be put off.")
  void whoComesAndGoesWithoutARequestKeepsNothingAlive() throws Exception {
    try (Rig rig = Rig.writing(settings(NEVER, Duration.ofSeconds(1)), memory)) {
      TestClient client = rig.connect();
      write(client, MIB, 2 * MIB);
      client.hangUp();

      await()
          .until(
              () -> {
                TestClient visitor = rig.connect();
                Rig.awaitWaitIn("awaitRequest");
                visitor.hangUp();
                return memory.used() == 0;
              });
    }
  }

  @Test
  void aWriterWaitsNoLongerThanThatForWhatNobodyGoesOnWith() throws Exception {
    StreamSettings settings = settings(NEVER, SOON);
    WindowMemory tight = new WindowMemory(settings.mostMemory());
    try (Rig abandoned = Rig.writing(settings, tight);
        Rig rig = Rig.writing(settings, tight)) {
      TestClient gone = abandoned.connect();
      gone.write(MIB, new byte[2 * MIB]);
      TestClient client = rig.connect();
      Future<Status> waiting =
          rig.inThread(() -> client.tryWrite(MIB, Bytes.part(data, MIB, 3 * MIB)));
      Rig.awaitWaitIn("awaitMemory");

      gone.hangUp();

      assertThat(waiting.get()).isEqualTo(Status.OK);
    }
  }

  @Test
  void aClientThatHoldsMemoryAndDoesNothingIsSentAway() throws Exception {
    try (Rig rig = Rig.writing(settings(SOON, Duration.ofMinutes(5)), memory)) {
      TestClient idle = rig.connect();
      write(idle, MIB, 2 * MIB);

      awaitNothingHeld();

      await().until(() -> !idle.isServed());
      assertThat(rig.state()).isEqualTo(StreamState.WAITING);
      assertThat(rig.drops).singleElement().asString().contains("the export holds memory");
    }
  }

  @Test
  void aClientThatHoldsNoneMayDoNothing() throws Exception {
    try (Rig rig = Rig.writing(settings(Duration.ofMillis(1), SOON), memory)) {
      TestClient idle = rig.connect();
      write(idle, 0, 4096);
      TestClient other = rig.connect();
      other.flush();
      other.disconnect();

      assertThat(idle.isServed()).isTrue();
      idle.flush();
    }
  }

  /** It takes its memory as a whole at the first write. */
  @Test
  void aWritersResumeWindowIsGivenBackAndTakenAgain() throws Exception {
    try (Rig rig = Rig.writing(settings(NEVER, SOON).withResumeWindow(MIB), memory)) {
      TestClient probe = rig.connect();
      write(probe, 0, 512);
      assertThat(memory.used()).isEqualTo(MIB);
      probe.disconnect();

      awaitNothingHeld();

      Future<byte[]> peer = rig.peerReads(InputStream::readAllBytes);
      TestClient next = rig.connect();
      write(next, 0, MIB);
      write(next, MIB, 2 * MIB);
      write(next, MIB, 3 * MIB); // of which the first half is compared
      assertThat(rig.state()).as(rig.failure()).isEqualTo(StreamState.COMPLETED);
      assertThat(peer.get()).isEqualTo(data);
    }
  }

  /** It takes its memory before the peer has come. */
  @Test
  void aReadersResumeWindowIsGivenBackAndTakenAgain() throws Exception {
    try (Rig rig = Rig.reading(settings(NEVER, SOON).withResumeWindow(MIB), memory)) {
      TestClient early = rig.connect();
      early.send(Operation.READ, 0, 2 * MIB);
      Rig.awaitWaitIn("awaitEndpoint");
      assertThat(memory.used()).isEqualTo(MIB);
      early.hangUp();

      awaitNothingHeld();

      rig.peerWrites(
          out -> {
            out.write(data);
            return true;
          });
      TestClient next = rig.connect();
      assertThat(next.read(0, 3 * MIB)).isEqualTo(data);
      assertThat(next.read(2 * MIB, MIB)).isEqualTo(Bytes.part(data, 2 * MIB, 3 * MIB));
    }
  }

  /**
   * What came from the peer cannot be written again, so it is kept for longer, but not for ever.
   */
  @Test
  void aLargeHeadOfAReadStreamIsKeptUntilItHasStoodStill() throws Exception {
    Timeouts timeouts = Timeouts.of(NEVER, SOON, SOON, NEVER);
    StreamSettings settings = StreamSettings.of(OptionalLong.of(3 * MIB), 0, MIB, timeouts);
    try (Rig rig = Rig.reading(settings, memory)) {
      rig.peerWrites(
          out -> {
            out.write(data);
            return true;
          });
      TestClient probe = rig.connect();
      probe.read(0, MIB / 2);
      probe.disconnect();
      assertThat(memory.used()).isPositive();

      rig.awaitState(StreamState.FAILED);

      assertThat(rig.failure()).startsWith("no client went on within 0.2s");
      awaitNothingHeld();
    }
  }
}
