package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.ExportsApi;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Transport;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A service that stops, or is killed, while peers by HTTP get the data and put it. */
@Timeout(180)
class HttpPeerStopIT {

  private static final Duration STOPS_WITHIN = Duration.ofSeconds(60);
  private static final String ESHUTDOWN = "Cannot send after transport endpoint shutdown";
  private static final String ENOTCONN = "Transport endpoint is not connected";
  private static final int SIGTERM_EXIT_CODE = 128 + 15;

  private final Disk disk = Disks.random(64L * Disks.MIB);
  private final Path got = Workspace.newPath("got");
  private final Path copy = Workspace.newPath("copy");
  private ExportsApi api;

  @BeforeAll
  static void requirePeers() {
    Peers.require("curl", "nbdcopy");
  }

  private Command curl(String name, Object... options) {
    return Command.of("curl", "-sS", "--fail-with-body")
        .with(options)
        .with(api.resolve("/exports/" + name + "/data"));
  }

  /** A peer that gets the data. */
  private Command.Running startSink(String name) {
    return curl(name, "-o", got).start();
  }

  /** A peer that puts the data. */
  private Command.Running startSource(String name) {
    return curl(name, "-T", disk.path()).start();
  }

  private Command.Running startClient(Object from, Object to) {
    return Command.of("nbdcopy", from, to).start();
  }

  /** An export that takes some seconds, or half a minute. */
  private ExportDocument create(String direction, String rate) {
    Map<String, ?> more = Map.of("rateLimit", rate);
    return api.createForHttp(direction, direction, disk.size(), more);
  }

  private void awaitMoving(String name) {
    api.await(name, export -> export.position() > Disks.MIB);
  }

  @Test
  void streamsThatRunComeToTheirEnd() {
    try (SluiceProcess sluice = SluiceProcess.start("-Dsluice.exports.drain-timeout=5m")) {
      api = sluice.api();
      try (Command.Running sink = startSink(create("write", "16M").name());
          Command.Running source = startSource(create("read", "16M").name());
          Command.Running writer = startClient(disk.path(), Transport.TCP.uri(api.get("write")));
          Command.Running reader = startClient(Transport.TCP.uri(api.get("read")), copy)) {
        awaitMoving("write");
        awaitMoving("read");

        sluice.process().terminate();

        sink.await().assertSucceeded();
        assertThat(source.await().assertSucceeded().output()).contains("\"state\":\"COMPLETED\"");
        writer.await().assertSucceeded();
        reader.await().assertSucceeded();
        assertThat(sluice.process().await(STOPS_WITHIN).exitCode()).isEqualTo(SIGTERM_EXIT_CODE);
        assertThat(Sha256.of(got)).isEqualTo(disk.sha256());
        assertThat(Sha256.of(copy)).isEqualTo(disk.sha256());
        assertThat(sluice.log())
            .contains("Export write (write) is COMPLETED at " + disk.size())
            .contains("Export read (read) is COMPLETED at " + disk.size());
      }
    }
  }

  @Test
  void whatHasNotEndedInTimeHasFailedForThePeerAndTheClient() {
    try (SluiceProcess sluice = SluiceProcess.start("-Dsluice.exports.drain-timeout=1s")) {
      api = sluice.api();
      try (Command.Running sink = startSink(create("write", "2M").name());
          Command.Running source = startSource(create("read", "2M").name());
          Command.Running writer = startClient(disk.path(), Transport.TCP.uri(api.get("write")));
          Command.Running reader = startClient(Transport.TCP.uri(api.get("read")), copy)) {
        awaitMoving("write");
        awaitMoving("read");

        sluice.process().terminate();

        assertThat(sink.await().exitCode()).as("curl -o").isIn(18, 56);
        Command.Result told = source.await();
        assertThat(told.exitCode()).as("curl -T").isEqualTo(22);
        assertThat(told.output())
            .contains("\"status\":409", "FAILED, the service was stopped at position ");
        assertThat(writer.await().assertFailed().errors()).contains(ESHUTDOWN);
        // Within a reply only the end of the connection can tell it.
        assertThat(reader.await().assertFailed().errors()).containsAnyOf(ESHUTDOWN, ENOTCONN);
        assertThat(sluice.process().await(STOPS_WITHIN).exitCode()).isEqualTo(SIGTERM_EXIT_CODE);
        assertThat(sluice.log())
            .containsPattern("write \\(write\\) is FAILED at \\d+ .*the service was stopped")
            .containsPattern("read \\(read\\) is FAILED at \\d+ .*the service was stopped");
      }
    }
  }

  /** Nobody has got or put a byte, so the exports are there again after the next start. */
  @Test
  void peersThatWaitHoldUpNoStopAndAreToldThatItGoesOn() throws IOException {
    try (SluiceProcess sluice = SluiceProcess.start("-Dsluice.exports.drain-timeout=5m")) {
      api = sluice.api();
      try (Command.Running sink = startSink(create("write", "2M").name());
          Command.Running source = startSource(create("read", "2M").name())) {
        await().until(() -> api.scrape().sum("sluice_data_streams") == 2);

        sluice.process().terminate();

        assertThat(sink.await().exitCode()).isEqualTo(22);
        assertThat(Files.readString(got)).contains("\"status\":503", "after the next start");
        assertThat(source.await().assertFailed().output())
            .contains("\"status\":503", "after the next start");
        assertThat(sluice.process().await(STOPS_WITHIN).exitCode()).isEqualTo(SIGTERM_EXIT_CODE);
      }
      try (SluiceProcess next = sluice.startAgain()) {
        assertThat(next.api().get("write").state()).isEqualTo("WAITING");
        assertThat(next.api().get("read").state()).isEqualTo("WAITING");
      }
    }
  }

  @Test
  void aServiceThatIsKilledLeavesNobodyWithADiskThatLooksWhole() {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      api = sluice.api();
      try (Command.Running sink = startSink(create("write", "2M").name());
          Command.Running source = startSource(create("read", "2M").name());
          Command.Running writer = startClient(disk.path(), Transport.TCP.uri(api.get("write")));
          Command.Running reader = startClient(Transport.TCP.uri(api.get("read")), copy)) {
        awaitMoving("write");
        awaitMoving("read");

        sluice.process().kill();

        assertThat(sink.await().exitCode()).as("curl -o").isIn(18, 56);
        assertThat(source.await().exitCode()).as("curl -T").isIn(52, 55, 56);
        writer.await().assertFailed();
        reader.await().assertFailed();
      }
      try (SluiceProcess next = sluice.startAgain()) {
        for (String name : new String[] {"write", "read"}) {
          assertThat(next.api().get(name).state()).isEqualTo("FAILED");
        }
      }
    }
  }
}
