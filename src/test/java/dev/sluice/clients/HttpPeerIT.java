package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.ExportsApi;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.Transport;
import dev.sluice.testing.Workspace;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A peer that gets by HTTP what a client writes. */
@ExtendWith(LeavesNothingBehind.class)
class HttpPeerIT {

  private static final String NAME = "web";

  /** Writes 32 MiB of a disk of 256, says so, and goes on slowly. */
  private static final String HALF =
      """
      import nbd, sys, time
      h = nbd.NBD()
      h.connect_uri(sys.argv[1])
      try:
          for i in range(255):
              h.pwrite(b'x' * (1 << 20), i << 20)
              if i > 32:
                  print('half', flush=True)
                  time.sleep(0.1)
      except nbd.Error as e:
          print(e.errno, flush=True)
          sys.exit(1)
      """;

  private final Disk disk = Disks.random();
  private ExportsApi api;
  private Path copy;

  @BeforeAll
  static void requirePeers() {
    Peers.require("curl", "qemu-img", "nbdcopy", "nbdsh");
  }

  @BeforeEach
  void prepare() {
    api = OwnService.shared().api();
    copy = Workspace.newPath("copy");
  }

  @AfterEach
  void tidy() {
    api.list().forEach(export -> api.delete(export.name(), true));
    Workspace.remove(copy);
  }

  private ExportDocument create(Long size, Map<String, ?> more) {
    return api.createForHttp(NAME, "write", size, more);
  }

  private URI data() {
    return api.resolve("/exports/" + NAME + "/data");
  }

  private Command curl(Object... more) {
    return Command.of("curl", "-sS", "--fail-with-body", "-o", copy).with(more).with(data());
  }

  private static void assertGot(Path copy, Disk disk) {
    assertThat(Sha256.of(copy)).isEqualTo(disk.sha256());
  }

  @ParameterizedTest
  @EnumSource(Writer.class)
  void aPeerThatComesFirstGetsTheDisk(Writer writer) {
    ExportDocument export = create(disk.size(), Map.of());
    try (Command.Running curl = curl().start()) {
      writer.command(disk, Transport.TCP.uri(export)).run().assertSucceeded();

      assertThat(api.awaitState(NAME, "COMPLETED").position()).isEqualTo(disk.size());
      curl.await().assertSucceeded();
    }
    assertGot(copy, disk);
  }

  @Test
  void aClientWaitsForThePeerAndTheLastReplyForItsEnd() {
    ExportDocument export = create(disk.size(), Map.of());
    try (Command.Running client =
        Command.of("nbdcopy", disk.path(), Transport.TCP.uri(export)).start()) {
      await().until(() -> "a peer to get the data".equals(waitingFor()));

      curl().run().assertSucceeded();

      client.await().assertSucceeded();
    }
    assertThat(api.get(NAME).state()).isEqualTo("COMPLETED");
    assertGot(copy, disk);
  }

  private String waitingFor() {
    return api.read("/exports/" + NAME).path("waitingFor").asString("");
  }

  @Test
  void withoutASizeTheDataIsInChunksWithItsDigestAfterIt() throws Exception {
    ExportDocument export = create(null, Map.of("digest", "SHA-256"));
    Path headers = Workspace.newPath("headers");
    try (Command.Running curl = curl("--dump-header", headers).start()) {
      Command.of("nbdcopy", disk.path(), Transport.TCP.uri(export)).run().assertSucceeded();

      curl.await().assertSucceeded();
    }
    ExportDocument ended = api.awaitState(NAME, "COMPLETED");
    assertGot(copy, disk);
    assertThat(Files.readString(headers))
        .contains("Transfer-Encoding: chunked", "Trailer: Repr-Digest", "Accept-Ranges: none")
        .contains("Cache-Control: no-store", "attachment; filename=\"web\"")
        .contains("Repr-Digest: sha-256=:" + base64(ended.digestValue()) + ":");
    Workspace.remove(headers);
  }

  private static String base64(String hexadecimal) {
    return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hexadecimal));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStreamWhoseClientIsLostIsCutForThePeer(boolean sized) {
    ExportDocument export = create(sized ? disk.size() : null, Map.of("resumeTimeout", 1));
    try (Command.Running curl = curl().start();
        Command.Running client = Command.python(HALF, Transport.TCP.uri(export)).start()) {
      await().until(() -> client.outputSoFar().contains("half"));

      client.kill();

      assertThat(curl.await().assertFailed().exitCode()).isIn(18, 56);
    }
    assertThat(api.awaitState(NAME, "FAILED").failure()).contains("at position");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPeerThatIsLostFailsTheStreamAndItsClient(boolean sized) {
    ExportDocument export = create(sized ? disk.size() : null, Map.of());
    try (Command.Running curl = curl().start();
        Command.Running client = Command.python(HALF, Transport.TCP.uri(export)).start()) {
      await().until(() -> client.outputSoFar().contains("half"));

      curl.kill();

      client.await().assertFailed();
    }
    assertThat(api.awaitState(NAME, "FAILED").failure()).startsWith("the peer closed its end");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStreamThatIsCancelledIsCutForBoth(boolean sized) {
    ExportDocument export = create(sized ? disk.size() : null, Map.of());
    try (Command.Running curl = curl().start();
        Command.Running client = Command.python(HALF, Transport.TCP.uri(export)).start()) {
      await().until(() -> client.outputSoFar().contains("half"));

      assertThat(api.delete(NAME, true)).isEqualTo(204);

      assertThat(curl.await().assertFailed().exitCode()).isIn(18, 56);
      client.await().assertFailed();
    }
  }

  @Test
  void aDiskThatIsThereButNotKnownToBeWholeIsNotWholeForThePeer() {
    ExportDocument export = create((long) Disks.MIB, Map.of("resumeTimeout", 1));
    try (Command.Running curl = curl().start()) {
      Command.python(
              """
              import nbd, os, sys
              h = nbd.NBD()
              h.connect_uri(sys.argv[1])
              h.zero(1 << 20, 0)
              os._exit(0)
              """,
              Transport.TCP.uri(export))
          .run()
          .assertSucceeded();

      curl.await().assertFailed();
    }
    assertThat(api.awaitState(NAME, "FAILED").position()).isEqualTo(Disks.MIB);
  }

  @Test
  void aPeerThatStandsStillFailsTheStream() {
    ExportDocument export = create(disk.size(), Map.of("idleTimeout", 1));
    try (Command.Running curl = curl().start();
        Command.Running client =
            Command.of("nbdcopy", disk.path(), Transport.TCP.uri(export)).start()) {
      api.await(NAME, now -> now.position() > 0);
      curl.stop();

      client.await().assertFailed();
      assertThat(api.awaitState(NAME, "FAILED").failure()).startsWith("no byte moved");
      curl.goOn();
      curl.await().assertFailed();
    }
  }

  @Test
  void oneOfTwoPeersIsRefusedAndOneThatLeftBeforeTheStreamIsReplaced() {
    ExportDocument export = create(disk.size(), Map.of());
    try (Command.Running first = curl().start()) {
      awaitPeers(1);
      assertThat(curl().run().exitCode()).isEqualTo(22);
      first.kill();
      awaitPeers(0);
    }
    try (Command.Running curl = curl().start()) {
      Command.of("nbdcopy", disk.path(), Transport.TCP.uri(export)).run().assertSucceeded();
      curl.await().assertSucceeded();
    }
    assertGot(copy, disk);
    assertThat(curl().run().exitCode()).as("after the end").isEqualTo(22);
  }

  private void awaitPeers(int count) {
    await().until(() -> api.scrape().sum("sluice_data_streams") == count);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000})
  void aPeerThatClosesAndLeavesBytesUnreadHasNotEverything(int unread) {
    ExportDocument export = create((long) Disks.MIB, Map.of());
    try (Command.Running peer =
            Command.python(
                    HttpPeerIT.class, "http-peer.py", data().getPort(), data().getPath(), unread)
                .start();
        Command.Running client =
            Command.python(
                    """
                    import nbd, sys
                    h = nbd.NBD()
                    h.connect_uri(sys.argv[1])
                    h.pwrite(b'x' * (1 << 20), 0)
                    """,
                    Transport.TCP.uri(export))
                .start()) {
      peer.await().assertSucceeded();
      client.await().assertFailed();
    }
    assertThat(api.awaitState(NAME, "FAILED").failure()).contains("left bytes unread");
  }

  @Test
  void aPeerThatEndsItsSideFirstHasLeft() {
    create(disk.size(), Map.of());

    Command.python(HttpPeerIT.class, "http-peer.py", data().getPort(), data().getPath(), "half")
        .run()
        .assertSucceeded();

    awaitPeers(0);
    assertThat(api.get(NAME).state()).isEqualTo("WAITING");
  }

  @Test
  void aHundredPeersWaitWhileTheApiAnswers() {
    List<Command.Running> peers = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        api.createForHttp("web" + i, "write", disk.size(), Map.of());
        peers.add(
            Command.of("curl", "-sS", "-o", "/dev/null", api.resolve("/exports/web" + i + "/data"))
                .start());
      }
      awaitPeers(100);

      assertThat(api.statusOf("/livez")).isEqualTo(200);
      assertThat(api.list()).hasSize(100);
    } finally {
      api.list().forEach(export -> api.delete(export.name(), true));
      peers.forEach(Command.Running::await);
      peers.forEach(Command.Running::close);
    }
    awaitPeers(0);
  }
}
