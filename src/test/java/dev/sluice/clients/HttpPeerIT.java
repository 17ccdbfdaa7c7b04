package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.Transport;
import dev.sluice.testing.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A peer that gets by HTTP what a client writes. */
class HttpPeerIT extends HttpPeerRig {

  HttpPeerIT() {
    super("write", Disks.random());
  }

  private Command get(Object... more) {
    return curl("-o", copy).with(more).with(data());
  }

  private static void assertGot(Path copy, Disk disk) {
    assertThat(Sha256.of(copy)).isEqualTo(disk.sha256());
  }

  @ParameterizedTest
  @EnumSource(Writer.class)
  void aPeerThatComesFirstGetsTheDisk(Writer writer) {
    ExportDocument export = create(disk.size(), Map.of());
    try (Command.Running curl = get().start()) {
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

      get().run().assertSucceeded();

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
    try (Command.Running curl = get("--dump-header", headers).start()) {
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
    try (Command.Running curl = get().start();
        Command.Running client = startHalf(export)) {
      client.kill();

      assertThat(curl.await().assertFailed().exitCode()).isIn(18, 56);
    }
    assertThat(api.awaitState(NAME, "FAILED").failure()).contains("at position");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPeerThatIsLostFailsTheStreamAndItsClient(boolean sized) {
    ExportDocument export = create(sized ? disk.size() : null, Map.of());
    try (Command.Running curl = get().start();
        Command.Running client = startHalf(export)) {
      curl.kill();

      assertThat(client.await().assertFailed().output()).endsWith("EIO\n");
    }
    assertThat(api.awaitState(NAME, "FAILED").failure()).startsWith("the peer closed its end");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStreamThatIsCancelledIsCutForBoth(boolean sized) {
    ExportDocument export = create(sized ? disk.size() : null, Map.of());
    try (Command.Running curl = get().start();
        Command.Running client = startHalf(export)) {
      assertThat(api.delete(NAME, true)).isEqualTo(204);

      assertThat(curl.await().assertFailed().exitCode()).isIn(18, 56);
      assertThat(client.await().assertFailed().output()).endsWith("ESHUTDOWN\n");
    }
  }

  @Test
  void aDiskThatIsThereButNotKnownToBeWholeIsNotWholeForThePeer() {
    ExportDocument export = create((long) Disks.MIB, Map.of("resumeTimeout", 1));
    try (Command.Running curl = get().start()) {
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
    try (Command.Running curl = get().start();
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
    try (Command.Running first = get().start()) {
      awaitPeers(1);
      assertThat(get().run().exitCode()).isEqualTo(22);
      first.kill();
      awaitPeers(0);
    }
    try (Command.Running curl = get().start()) {
      Command.of("nbdcopy", disk.path(), Transport.TCP.uri(export)).run().assertSucceeded();
      curl.await().assertSucceeded();
    }
    assertGot(copy, disk);
    assertThat(get().run().exitCode()).as("after the end").isEqualTo(22);
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
  void aGibibyteComesOutAsItWentIn() {
    Disk large = Disks.random(Disks.GIB);
    ExportDocument export = create(large.size(), Map.of());
    try (Command.Running peer = Command.shell("curl -sS --fail $1 | sha256sum", data()).start()) {
      Command.of("nbdcopy", large.path(), Transport.TCP.uri(export)).run().assertSucceeded();

      assertThat(peer.await().assertSucceeded().output()).startsWith(large.sha256());
    }
    assertThat(api.awaitState(NAME, "COMPLETED").position()).isEqualTo(large.size());
  }
}
