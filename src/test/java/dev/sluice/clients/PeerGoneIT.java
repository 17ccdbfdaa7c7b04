package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.Peers;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.Transport;
import dev.sluice.testing.WriteTrial;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Peers that go away in the middle of a stream: its client is told, and the export says why. */
@ExtendWith(LeavesNothingBehind.class)
class PeerGoneIT {

  private static final long PAUSE = 100L * Disks.MIB + 12_345;

  @BeforeAll
  static void requirePeers() {
    Peers.require("qemu-img", "nbdcopy", "nbdsh");
  }

  @ParameterizedTest
  @MethodSource("dev.sluice.clients.Writer#overEachTransport")
  void aWriterIsToldThatTheReaderHasGone(Writer writer, Transport transport) {
    try (WriteTrial trial = WriteTrial.of(Disks.random())) {
      assertWriterFails(trial, writer, transport);
      assertThat(trial.export().path()).doesNotExist();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWriterIsToldThatTheSocketsReaderHasGone(Writer writer) {
    try (WriteTrial trial = WriteTrial.throughSocket(Disks.random())) {
      assertWriterFails(trial, writer, Transport.TCP);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.sluice.clients.Reader#overEachTransport")
  void aReaderIsToldThatTheInputEndedEarly(Reader reader, Transport transport) {
    try (ReadTrial trial = ReadTrial.of(Disks.random())) {
      assertReaderFails(trial, reader, transport);
      assertThat(trial.export().path()).doesNotExist();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aReaderIsToldThatTheSocketsInputEndedEarly(Reader reader) {
    try (ReadTrial trial = ReadTrial.throughSocket(Disks.random())) {
      assertReaderFails(trial, reader, Transport.TCP);
    }
  }

  private static void assertWriterFails(WriteTrial trial, Writer writer, Transport transport) {
    trial.peer().pauseAt(PAUSE);
    try (Command.Running client = writer.command(Disks.random(), trial.uri(transport)).start()) {
      trial.peer().awaitPause();
      trial.peer().die();
      client.await().assertFailed();
    }
    ExportDocument failed = trial.awaitState("FAILED");
    assertThat(failed.failure()).contains("the peer").contains("at position " + failed.position());
    assertThat(failed.position()).isGreaterThanOrEqualTo(PAUSE);
  }

  private static void assertReaderFails(ReadTrial trial, Reader reader, Transport transport) {
    trial.peer().pauseAt(PAUSE);
    try (Command.Running client = reader.command(trial.uri(transport), trial.copy()).start()) {
      trial.peer().awaitPause();
      trial.peer().die();
      client.await().assertFailed();
    }
    ExportDocument failed = trial.awaitState("FAILED");
    assertThat(failed.failure())
        .contains("the input ended after %d of %d bytes".formatted(PAUSE, Disks.MAIN_SIZE))
        .contains("at position " + failed.position());
    assertThat(failed.position()).isPositive().isLessThanOrEqualTo(PAUSE);
  }
}
