package dev.sluice.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.export.Export;
import dev.sluice.nbd.RawChunk;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.nbd.RawReply;
import dev.sluice.nbd.handshake.ReplyType;
import dev.sluice.nbd.transmission.NbdError;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamState;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Sections "Termination of the session during option haggling" and "Terminating the transmission
 * phase": what clients are told of an export, or of a whole server, that goes away.
 */
@Slow("Starts a service for most tests.")
class TerminationConformanceTest extends Conformance {

  private static final int SIZE = 4 * MIB;

  /** There is no point in waiting for streams that nobody goes on with. */
  private static final String NO_DRAIN = "sluice.exports.drain-timeout=0";

  @Test
  void aDisconnectHasNoReplyAndClosesTheConnection() throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = simple("disk")) {
      client.send(compact(0, DISC, 0, 0));
      assertThat(client.isClosedByServer()).isTrue();
    }
    try (RawNbdClient client = extended("disk")) {
      client.send(wide(0, DISC, 0, 0));
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void requestsBeforeADisconnectAreAnswered() throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = simple("disk")) {
      client.send(compact(0, WRITE, 0, 512), new byte[512]);
      client.send(compact(0, READ, 0, 512));
      client.send(compact(0, DISC, 0, 0));
      assertThat(client.receive().error()).isZero();
      assertThat(client.receive().error()).isZero();
      client.receiveBytes(512);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  // An export that is deleted.

  @Test
  void aRequestInFlightIsToldOfTheExportThatIsDeletedAndTheConnectionIsClosed() throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = structured("disk")) {
      client.send(compact(0, WRITE, 0, MIB), Arrays.copyOf(DISK, MIB)); // and nobody reads
      client.send(compact(0, FLUSH, 0, 0));
      await().until(() -> clients("disk") == 1);
      server.exports().delete("disk", true);
      RawReply reply = client.receiveReply();

      assertError(reply, NbdError.ESHUTDOWN);
      assertThat(reply.errorChunk().message()).contains("CANCELLED");
      assertError(client.receiveReply(), NbdError.ESHUTDOWN);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aReadThatHasBegunIsToldBehindWhatItGot() throws Exception {
    server.export("disk", Direction.READ, SIZE);
    try (Pipes.Feeder peer = Pipes.feed(server.path("disk"));
        RawNbdClient client = structured("disk")) {
      peer.give(Arrays.copyOf(DISK, MIB));
      client.send(compact(0, READ, 0, SIZE));
      client.receiveBytes(20 + 8 + MIB);
      server.exports().delete("disk", true);
      RawReply rest = client.receiveReply();

      assertThat(rest.types()).containsExactly(RawChunk.ERROR_OFFSET);
      assertError(rest, NbdError.ESHUTDOWN);
      assertThat(rest.errorChunk().errorOffset()).isEqualTo(MIB);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aChunkThatIsNotWholeEndsTheSessionAndNothingIsPutIntoIt() throws Exception {
    Export export = read("disk", 2L * DISK.length, DISK.length);
    try (RawNbdClient client = RawNbdClient.connect(server.unix())) {
      client.agreeOn(STRUCTURED_REPLY);
      client.go("disk");
      client.send(compact(0, READ, 0, DISK.length)); // and does not read the reply
      await().until(() -> export.stream().status().position() > 100_000);
      server.exports().delete("disk", true);
      byte[] received = client.receiveToEnd();

      assertThat(received.length).isLessThan(MIB);
      assertThat(Arrays.copyOfRange(received, 28, received.length))
          .isEqualTo(Arrays.copyOf(DISK, received.length - 28));
    }
  }

  @Test
  void aClientThatWasToldOfTheExportIsToldThatItIsGone() throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = server.connect()) {
      client.agreeOn(STRUCTURED_REPLY);
      client.setContexts("disk", "base:allocation");
      server.exports().delete("disk", true);

      assertThat(answer(client, GO, RawNbdClient.infoData("disk")))
          .isEqualTo(ReplyType.ERR_SHUTDOWN);
      assertThat(answer(client, GO, RawNbdClient.infoData("another")))
          .isEqualTo(ReplyType.ERR_UNKNOWN);
      assertThat(answer(client, ABORT)).isEqualTo(ReplyType.ACK);
    }
  }

  // A stream that fails.

  @Test
  @Timeout(60)
  void aClientHearsOfItsRefusedWriteThoughTheStreamFailsWithinThePayload() throws Exception {
    Export export = write("disk", SIZE);
    CompletableFuture<InputStream> coming =
        CompletableFuture.supplyAsync(() -> open(server.path("disk")));
    byte[] other = Arrays.copyOfRange(DISK, MIB, 3 * MIB);
    try (RawNbdClient first = structured("disk");
        RawNbdClient second = RawNbdClient.connect(server.unix())) {
      second.agreeOn(STRUCTURED_REPLY);
      second.go("disk");
      first.send(compact(0, WRITE, 0, MIB), Arrays.copyOf(DISK, MIB));
      InputStream peer = coming.join();
      peer.readNBytes(MIB);
      assertThat(first.receive().error()).isZero();
      second.send(compact(0, WRITE, 0, other.length), Arrays.copyOf(other, MIB));
      peer.close(); // and most of what was sent has been taken by then
      await().until(() -> export.stream().status().state() == StreamState.FAILED);
      second.sendRaw(ByteBuffer.wrap(other, MIB, MIB));
      RawReply refused = second.receiveReply();

      assertError(refused, NbdError.EIO);
      assertThat(refused.errorChunk().message()).contains("position");
      assertThat(refused.errorChunk().message()).doesNotContain("FAILED");
      second.send(compact(0, FLUSH, 0, 0));
      assertError(second.receiveReply(), NbdError.EIO);
    }
  }

  private static InputStream open(Path fifo) {
    try {
      return Files.newInputStream(fifo);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // A server that goes away.

  @Test
  @Timeout(60)
  void optionsAreRefusedWhileTheServerGoesAwayButForAnAbort() throws Exception {
    RunningServer stopping = RunningServer.start();
    stopping.export("disk", Direction.WRITE, SIZE);
    try (RawNbdClient client = stopping.connect();
        RawNbdClient old = stopping.connect()) {
      assertThat(answer(client, LIST)).isEqualTo(ReplyType.ACK);
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(stopping::close);
      await().until(() -> !stopping.nbd().isListening());

      assertThat(answer(client, GO, RawNbdClient.infoData("disk")))
          .isEqualTo(ReplyType.ERR_SHUTDOWN);
      old.sendOption(EXPORT_NAME, "disk".getBytes(UTF_8));
      assertThat(old.isClosedByServer()).isTrue();
      assertThat(answer(client, ABORT)).isEqualTo(ReplyType.ACK);
      assertThat(client.isClosedByServer()).isTrue();
      stopped.join();
    }
  }

  @Test
  @Timeout(60)
  void requestsInFlightFailWithShutdownWhenTheServerGoesAway() throws Exception {
    RunningServer stopping = RunningServer.start(NO_DRAIN);
    Export export = stopping.export("disk", Direction.WRITE, SIZE);
    try (RawNbdClient client = stopping.connect()) {
      client.agreeOn(STRUCTURED_REPLY);
      client.go("disk");
      client.send(compact(0, WRITE, 0, MIB), Arrays.copyOf(DISK, MIB)); // and nobody reads
      await().until(() -> export.stream().status().clients() == 1);
      stopping.close();
      RawReply reply = client.receiveReply();

      assertError(reply, NbdError.ESHUTDOWN);
      assertThat(reply.errorChunk().message()).contains("the service was stopped");
      assertThat(client.isClosedByServer()).isTrue();
      assertThat(export.stream().status().state()).isEqualTo(StreamState.FAILED);
    }
  }

  @Test
  @Timeout(60)
  void anIdleClientIsSentAwayWhenTheServerGoesAway() throws Exception {
    RunningServer stopping = RunningServer.start(NO_DRAIN);
    stopping.export("disk", Direction.WRITE, SIZE);
    try (RawNbdClient client = stopping.connect()) {
      client.go("disk");
      stopping.close();
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  private static int clients(String export) {
    return server.exports().find(export).orElseThrow().stream().status().clients();
  }
}
