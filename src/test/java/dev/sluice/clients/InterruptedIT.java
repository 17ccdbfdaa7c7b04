package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.Peers;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.Transport;
import dev.sluice.testing.Workspace;
import dev.sluice.testing.WriteTrial;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients that are killed in the middle of a stream: another one can go on. */
@ExtendWith(LeavesNothingBehind.class)
class InterruptedIT {

  /** Neither a multiple of what clients ask for at a time, nor of a page. */
  private static final long PAUSE = 100L * Disks.MIB + 12_345;

  @BeforeAll
  static void requirePeers() {
    Peers.require("qemu-img", "nbdcopy", "nbdsh");
  }

  static Stream<Arguments> writers() {
    return Stream.of(Writer.NBDCOPY, Writer.QEMU_IMG, Writer.QEMU_IMG_OUT_OF_ORDER)
        .flatMap(client -> Stream.of(Transport.values()).map(t -> Arguments.of(client, t)));
  }

  @ParameterizedTest
  @MethodSource("writers")
  void anotherClientGoesOnWritingAtThePosition(Writer writer, Transport transport) {
    Disk disk = Disks.random();
    try (WriteTrial trial = WriteTrial.of(disk)) {
      trial.peer().pauseAt(PAUSE);
      killMidStream(writer.command(disk, trial.uri(transport)), () -> trial.peer().count());
      // The end of a TCP connection comes behind its data, and that is read as the peer reads.
      trial.peer().goOn();

      ExportDocument interrupted = trial.awaitState("INTERRUPTED");
      assertThat(interrupted.clients()).isZero();
      assertThat(interrupted.failure()).contains("position " + interrupted.position());
      awaitCount(trial.peer()::count, interrupted.position());
      assertThat(trial.now().position()).isEqualTo(interrupted.position());
      assertThat(trial.peer().hasEnded()).as("whether the reader saw an end").isFalse();

      Writer.goingOn(disk, trial.uri(transport), interrupted.position()).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  void anotherClientWritesAgainWhatWasWrittenAhead(Transport transport) {
    Disk disk = Disks.random();
    try (WriteTrial trial = WriteTrial.of(disk)) {
      Command.python(
              """
              import nbd, os, signal, sys
              h = nbd.NBD()
              h.connect_uri(sys.argv[1])
              MIB = 1 << 20
              with open(sys.argv[2], 'rb') as disk:
                  for at in [*range(0, 50 * MIB, MIB), 52 * MIB, 55 * MIB]:
                      disk.seek(at)
                      h.pwrite(disk.read(MIB), at)
              os.kill(os.getpid(), signal.SIGKILL)
              """,
              trial.uri(transport),
              disk.path())
          .run()
          .assertFailed();
      ExportDocument interrupted = trial.awaitState("INTERRUPTED");
      assertThat(interrupted.position()).isEqualTo(50L * Disks.MIB);

      Writer.goingOn(disk, trial.uri(transport), interrupted.position()).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  static Stream<Arguments> readers() {
    return Stream.of(Reader.NBDCOPY, Reader.QEMU_IMG)
        .flatMap(client -> Stream.of(Transport.values()).map(t -> Arguments.of(client, t)));
  }

  @ParameterizedTest
  @MethodSource("readers")
  void anotherClientGoesOnReadingAtThePosition(Reader reader, Transport transport) {
    Disk disk = Disks.random();
    try (ReadTrial trial = ReadTrial.of(disk)) {
      trial.peer().pauseAt(PAUSE);
      Path beginning = Workspace.newPath("beginning");
      killMidStream(reader.command(trial.uri(transport), beginning), () -> trial.peer().count());
      ExportDocument interrupted = trial.awaitState("INTERRUPTED");
      assertThat(interrupted.position()).isPositive().isLessThanOrEqualTo(PAUSE);
      assertThat(interrupted.failure()).contains("position " + interrupted.position());
      Workspace.remove(beginning);

      trial.peer().goOn();
      Reader.goingOn(trial.uri(transport), trial.copy(), interrupted.position(), disk.size())
          .run()
          .assertSucceeded();
      assertThat(trial.awaitState("INTERRUPTED").failure())
          .contains("were sent to a client that did not say goodbye");
      trial.finish("{\"unread\": \"accept\"}");
      trial.assertCompleted();
      assertThat(Sha256.of(trial.copy()))
          .as("the rest of the disk from %d on", interrupted.position())
          .isEqualTo(Sha256.of(disk.path(), interrupted.position(), disk.size()));
    }
  }

  /** Starts a client whose peer stands still after a while, and kills it then. */
  private static void killMidStream(Command command, LongSupplier peerCount) {
    try (Command.Running client = command.start()) {
      awaitCount(peerCount, PAUSE);
      client.awaitSleep(); // what it had not taken would be lost
      assertThat(client.isAlive()).isTrue();
      client.kill();
      client.await().assertFailed();
    }
  }

  private static void awaitCount(LongSupplier count, long expected) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(count.getAsLong()).isEqualTo(expected));
  }
}
