package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.nbd.transmission.Request;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.Transport;
import dev.sluice.testing.WriteTrial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;

/**
 * Streams of the shared service and what befalls them, which take little time: for many of them.
 */
final class Rounds {

  /** More than the head, and little enough for a pipe. */
  static final Disk DISK = Disks.random(300_000);

  private static final int SIZE = (int) DISK.size();
  private static final int HALF = SIZE / 2;
  private static final byte[] CONTENT = content();

  /** One of them, by whatever way the client comes. */
  interface Round {
    void play(Transport transport) throws IOException;
  }

  private interface Writing {
    void play(WriteTrial trial, RawNbdClient client) throws IOException;
  }

  private interface Reading {
    void play(ReadTrial trial, RawNbdClient client) throws IOException;
  }

  static final List<Round> ALL =
      List.of(
          writing(Rounds::aWriterIsLost),
          reading(Rounds::aReaderIsLost),
          writing(Rounds::aSinkIsLost),
          reading(Rounds::aSourceIsLost),
          writing(Rounds::aWriteExportIsDeleted),
          reading(Rounds::aReadExportIsDeleted),
          writing(Rounds::aWriterLeavesAtOnce),
          reading(Rounds::aReaderLeavesAtOnce),
          writing(Rounds::aWriterLeavesWhatItWroteAhead),
          writing(Rounds::aWriterIsLostWhenAllIsDone),
          reading(Rounds::aReaderSaysNoGoodbye),
          reading(Rounds::everythingIsRead),
          writing(Rounds::everythingIsWritten),
          Rounds::everythingIsWrittenToASocket);

  private Rounds() {}

  private static void aWriterIsLost(WriteTrial trial, RawNbdClient client) throws IOException {
    client.write(0, part(0, HALF));
    client.send(request(1, HALF, HALF), part(HALF, 10));
    client.abort();
    trial.awaitState("INTERRUPTED");
  }

  private static void aReaderIsLost(ReadTrial trial, RawNbdClient client) throws IOException {
    assertThat(client.read(0, HALF)).isEqualTo(part(0, HALF));
    client.send(request(0, HALF, HALF));
    client.abort();
    trial.awaitState("INTERRUPTED");
  }

  private static void aSinkIsLost(WriteTrial trial, RawNbdClient client) throws IOException {
    trial.peer().pauseAt(HALF);
    client.write(0, part(0, HALF));
    trial.peer().awaitPause();
    trial.peer().die();
    assertThatThrownBy(() -> client.write(HALF, part(HALF, SIZE - HALF)));
    trial.awaitState("FAILED");
  }

  private static void aSourceIsLost(ReadTrial trial, RawNbdClient client) throws IOException {
    trial.peer().pauseAt(HALF);
    assertThat(client.read(0, HALF)).isEqualTo(part(0, HALF));
    trial.peer().die();
    assertThatThrownBy(() -> client.read(HALF, SIZE - HALF));
    trial.awaitState("FAILED");
  }

  private static void aWriteExportIsDeleted(WriteTrial trial, RawNbdClient client)
      throws IOException {
    trial.peer().pauseAt(0);
    client.send(request(1, 0, SIZE), part(0, SIZE));
    trial.awaitState("STREAMING");
    delete(trial.export());
    assertThat(client.receiveToEnd()).isNotEmpty(); // it is told
  }

  private static void aReadExportIsDeleted(ReadTrial trial, RawNbdClient client)
      throws IOException {
    trial.peer().pauseAt(HALF);
    assertThat(client.read(0, HALF)).isEqualTo(part(0, HALF));
    client.send(request(0, HALF, SIZE - HALF));
    delete(trial.export());
    assertThat(client.receiveToEnd()).isNotEmpty();
  }

  private static void aWriterLeavesAtOnce(WriteTrial trial, RawNbdClient client)
      throws IOException {
    client.close();
    assertThat(trial.assertIncomplete().state()).isEqualTo("WAITING");
  }

  private static void aReaderLeavesAtOnce(ReadTrial trial, RawNbdClient client) throws IOException {
    client.close();
    assertThat(trial.awaitState("WAITING").position()).isZero();
  }

  private static void aWriterLeavesWhatItWroteAhead(WriteTrial trial, RawNbdClient client)
      throws IOException {
    client.write(HALF, part(HALF, SIZE - HALF));
    client.abort();
    assertThat(trial.assertIncomplete().position()).isZero();
  }

  private static void aWriterIsLostWhenAllIsDone(WriteTrial trial, RawNbdClient client)
      throws IOException {
    client.write(0, part(0, SIZE));
    client.abort();
    trial.assertComplete();
  }

  private static void aReaderSaysNoGoodbye(ReadTrial trial, RawNbdClient client)
      throws IOException {
    assertThat(client.read(0, SIZE)).isEqualTo(part(0, SIZE));
    client.close();
    trial.awaitState("INTERRUPTED");
  }

  private static void everythingIsRead(ReadTrial trial, RawNbdClient client) throws IOException {
    assertThat(client.read(0, SIZE)).isEqualTo(part(0, SIZE));
    client.disconnect();
    trial.assertCompleted();
  }

  private static void everythingIsWritten(WriteTrial trial, RawNbdClient client)
      throws IOException {
    client.write(0, part(0, SIZE));
    client.disconnect();
    trial.assertComplete();
  }

  private static void everythingIsWrittenToASocket(Transport transport) throws IOException {
    try (WriteTrial trial = WriteTrial.throughSocket(DISK);
        RawNbdClient client = connect(trial.uri(transport))) {
      client.go(trial.export().name());
      everythingIsWritten(trial, client);
    }
  }

  private static Round writing(Writing round) {
    return transport -> {
      try (WriteTrial trial = WriteTrial.of(DISK);
          RawNbdClient client = connect(trial.uri(transport))) {
        client.go(trial.export().name());
        round.play(trial, client);
      }
    };
  }

  private static Round reading(Reading round) {
    return transport -> {
      try (ReadTrial trial = ReadTrial.of(DISK);
          RawNbdClient client = connect(trial.uri(transport))) {
        client.go(trial.export().name());
        round.play(trial, client);
      }
    };
  }

  private static void delete(ExportDocument export) {
    assertThat(OwnService.shared().api().delete(export.name(), true)).isEqualTo(204);
  }

  static RawNbdClient connect(URI uri) throws IOException {
    return RawNbdClient.connect(
        uri.getScheme().endsWith("+unix")
            ? UnixDomainSocketAddress.of(uri.getQuery().replaceFirst("^socket=", ""))
            : new InetSocketAddress(uri.getHost(), uri.getPort()));
  }

  static Request request(int type, long offset, int length) {
    return new Request(0, type, 99, offset, length);
  }

  static byte[] part(int from, int count) {
    return Arrays.copyOfRange(CONTENT, from, from + count);
  }

  private static byte[] content() {
    try {
      return Files.readAllBytes(DISK.path());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
