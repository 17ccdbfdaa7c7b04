package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.Peers;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Transport;
import dev.sluice.testing.WriteTrial;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A service that is told to stop lets streams that have clients go on, for a while. */
class DrainIT {

  private static final Duration STOPS_WITHIN = Duration.ofSeconds(30);
  private static final int SIGTERM_EXIT_CODE = 128 + 15;
  private static final long PAUSE = 100L * Disks.MIB + 12_345;

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void requirePeers() {
    Peers.require("qemu-img", "nbdcopy", "nbdinfo");
  }

  @Test
  void streamsThatRunComeToTheirEndAndNothingElseBegins() throws Exception {
    Disk disk = Disks.random();
    try (SluiceProcess sluice = SluiceProcess.start("-Dsluice.exports.drain-timeout=5m");
        WriteTrial write = WriteTrial.of(sluice, disk);
        WriteTrial waiting = WriteTrial.of(sluice, disk);
        ReadTrial read = ReadTrial.of(sluice, disk)) {
      write.peer().pauseAt(PAUSE);
      read.peer().pauseAt(PAUSE);
      try (Command.Running writer =
              Writer.QEMU_IMG.command(disk, write.uri(Transport.TCP)).start();
          Command.Running reader =
              Reader.NBDCOPY.command(read.uri(Transport.UNIX), read.copy()).start()) {
        write.peer().awaitPause();
        read.peer().awaitPause();
        assertThat(get(sluice, "/readyz").statusCode()).isEqualTo(200);

        sluice.process().terminate();

        await().until(() -> get(sluice, "/readyz").statusCode() == 503);
        await().until(() -> sluice.log().contains("The service stops when 2 stream(s) have ended"));
        assertThat(get(sluice, "/livez").statusCode()).isEqualTo(200);
        assertThat(get(sluice, "/actuator/health").body()).contains("the service is stopping");
        assertThat(sluice.api().get(write.export().name()).state()).isEqualTo("STREAMING");
        HttpResponse<String> late = create(sluice, "late");
        assertThat(late.statusCode()).as(late.body()).isEqualTo(503);
        assertThat(late.body()).contains("the service is stopping");
        assertThat(Command.of("nbdinfo", waiting.uri(Transport.TCP)).run().exitCode()).isNotZero();
        assertThat(sluice.isRunning()).isTrue();

        write.peer().goOn();
        read.peer().goOn();
        // Its state can be asked for after its end.
        assertThat(write.awaitState("COMPLETED").position()).isEqualTo(disk.size());
        writer.await().assertSucceeded();
        reader.await().assertSucceeded();
        Command.Result stopped = sluice.process().await(STOPS_WITHIN);
        assertThat(stopped.exitCode()).as("%s", stopped).isEqualTo(SIGTERM_EXIT_CODE);
        write.peer().awaitEnd();
        assertThat(write.peer().sha256()).isEqualTo(disk.sha256());
        assertThat(Sha256.of(read.copy())).isEqualTo(disk.sha256());
        assertThat(sluice.log())
            .contains("Export " + read.export().name() + " (read) is COMPLETED at " + disk.size())
            .contains(waiting.export().name() + " is WAITING and goes on after the next start");
      }
    }
  }

  @Test
  void whatHasNotEndedInTimeHasFailed() {
    Disk disk = Disks.random();
    try (SluiceProcess sluice = SluiceProcess.start("-Dsluice.exports.drain-timeout=1s");
        WriteTrial write = WriteTrial.of(sluice, disk)) {
      write.peer().pauseAt(PAUSE);
      try (Command.Running writer =
          Writer.NBDCOPY.command(disk, write.uri(Transport.TCP)).start()) {
        write.peer().awaitPause();

        sluice.process().terminate();

        Command.Result stopped = sluice.process().await(STOPS_WITHIN);
        assertThat(stopped.exitCode()).as("%s", stopped).isEqualTo(SIGTERM_EXIT_CODE);
        writer.await().assertFailed();
        String name = write.export().name();
        assertThat(sluice.log())
            .contains("Export " + name + " has not ended in time")
            .containsPattern(name + " \\(write\\) is FAILED at \\d+ .*the service was stopped");
        assertThat(write.export().path()).doesNotExist();
      }
    }
  }

  @Test
  void aRequestThatWaitsForAPeerIsAnsweredWhenTheTimeIsOver() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start("-Dsluice.exports.drain-timeout=1s")) {
      create(sluice, "lonely");
      URI finish = sluice.api().resolve("/exports/lonely/finish");
      CompletableFuture<HttpResponse<String>> answer =
          http.sendAsync(
              HttpRequest.newBuilder(finish).POST(BodyPublishers.noBody()).build(),
              BodyHandlers.ofString());
      await().until(() -> get(sluice, "/exports/lonely").body().contains(", to finish"));

      sluice.process().terminate();

      assertThat(answer.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(409);
      assertThat(sluice.process().await(STOPS_WITHIN).exitCode()).isEqualTo(SIGTERM_EXIT_CODE);
      assertThat(sluice.root().resolve("lonely")).doesNotExist();
    }
  }

  private HttpResponse<String> get(SluiceProcess sluice, String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(sluice.api().resolve(path)).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> create(SluiceProcess sluice, String name) throws Exception {
    String body =
        "{\"name\": \"%s\", \"path\": \"%s\", \"direction\": \"write\"}"
            .formatted(name, sluice.root().resolve(name));
    URI exports = sluice.api().resolve("/exports");
    return http.send(
        HttpRequest.newBuilder(exports)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }
}
