package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.Transport;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A peer that puts by HTTP what a client reads. */
class HttpUploadIT extends HttpPeerRig {

  HttpUploadIT() {
    super("read", Disks.random());
  }

  private Command put(Object... more) {
    return curl(more).with(data());
  }

  /** In chunks. */
  private Command pipe(String source) {
    return Command.shell(source + " | curl -sS --fail-with-body -T - \"$2\"", disk.path(), data());
  }

  @ParameterizedTest
  @EnumSource(Reader.class)
  void aClientReadsTheBodyAndThePeerIsToldThatItHasAll(Reader reader) {
    ExportDocument export = create(disk.size(), Map.of());
    try (Command.Running curl = put("-T", disk.path()).start()) {
      reader.command(Transport.TCP.uri(export), copy).run().assertSucceeded();

      assertThat(curl.await().assertSucceeded().output()).contains("\"state\":\"COMPLETED\"");
    }
    assertThat(Sha256.of(copy)).isEqualTo(disk.sha256());
  }

  @Test
  void aBodyInChunksIsAsGoodAndAPostToo() {
    ExportDocument export = create(disk.size(), Map.of());
    try (Command.Running curl =
        put("-X", "POST", "-H", "Transfer-Encoding: chunked", "-T", disk.path()).start()) {
      Command.of("nbdcopy", Transport.TCP.uri(export), copy).run().assertSucceeded();

      assertThat(curl.await().assertSucceeded().output()).contains("\"state\":\"COMPLETED\"");
    }
    assertThat(Sha256.of(copy)).isEqualTo(disk.sha256());
  }

  @Test
  void aBodyOfAnotherLengthIsRefusedBeforeItIsSent() {
    create(disk.size() + 1, Map.of());

    Command.Result curl = put("-v", "-T", disk.path()).run();

    assertThat(curl.exitCode()).isEqualTo(22);
    assertThat(curl.output()).contains("expected " + (disk.size() + 1));
    assertThat(curl.errors()).contains("< HTTP/1.1 400").doesNotContain("< HTTP/1.1 100");
    assertThat(api.get(NAME).state()).isEqualTo("WAITING");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void aBodyInChunksThatIsTooShortOrTooLongFailsForBoth(int more) {
    ExportDocument export = create(disk.size() - more, Map.of());
    try (Command.Running curl = pipe("cat \"$1\"").start()) {
      Command.of("nbdcopy", Transport.TCP.uri(export), copy).run().assertFailed();

      Command.Result end = curl.await();
      assertThat(end.exitCode()).isEqualTo(22);
      assertThat(end.output()).contains("FAILED", more < 0 ? "the input ended after" : "goes on");
    }
    assertThat(api.get(NAME).state()).isEqualTo("FAILED");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBodyThatIsCutOffIsNoEnd(boolean sized) {
    ExportDocument export = create(sized ? disk.size() : null, Map.of());
    String form = sized ? "Expect: 100-continue" : "Transfer-Encoding: chunked";
    try (Command.Running curl = put("--limit-rate", "50M", "-H", form, "-T", disk.path()).start();
        Command.Running client = startHalf(export)) {
      curl.kill();

      assertThat(client.await().assertFailed().output()).endsWith("EIO\n");
    }
    assertThat(api.awaitState(NAME, "FAILED").failure()).contains("cut off after");
  }

  @Test
  void aPeerIsToldThatTheClientWasLost() {
    ExportDocument export = create(disk.size(), Map.of("resumeTimeout", 1));
    try (Command.Running curl = put("-T", disk.path()).start();
        Command.Running client = startHalf(export)) {
      client.kill();

      Command.Result told = curl.await();
      assertThat(told.exitCode()).isEqualTo(22);
      assertThat(told.output()).contains("\"status\":409", "the export has ended: FAILED");
    }
    assertThat(api.awaitState(NAME, "FAILED").failure()).contains("at position");
  }

  @Test
  void aStreamThatIsCancelledIsCutForBoth() {
    ExportDocument export = create(disk.size(), Map.of());
    try (Command.Running curl = put("-T", disk.path()).start();
        Command.Running client = startHalf(export)) {
      assertThat(api.delete(NAME, true)).isEqualTo(204);

      Command.Result told = curl.await();
      assertThat(told.exitCode()).isEqualTo(22);
      assertThat(told.output()).contains("\"status\":409", "the export has ended: CANCELLED");
      assertThat(client.await().assertFailed().output()).endsWith("ESHUTDOWN\n");
    }
  }

  @Test
  void aPeerThatLeftBeforeTheClientIsReplaced() {
    ExportDocument export = create(disk.size(), Map.of());
    try (Command.Running first = put("-T", disk.path()).start()) {
      awaitPeers(1);
      assertThat(put("-T", disk.path()).run().exitCode()).isEqualTo(22);
      first.kill();
      awaitPeers(0);
    }
    assertThat(api.get(NAME).state()).isEqualTo("WAITING");
    try (Command.Running curl = put("-T", disk.path()).start()) {
      Command.of("nbdcopy", Transport.TCP.uri(export), copy).run().assertSucceeded();
      curl.await().assertSucceeded();
    }
  }

  @Test
  void aGibibyteComesOutAsItWentIn() {
    Disk large = Disks.random(Disks.GIB);
    ExportDocument export = create(large.size(), Map.of());
    try (Command.Running peer = put("-T", large.path()).start()) {
      assertThat(
              Command.shell("nbdcopy $1 - | sha256sum", Transport.TCP.uri(export))
                  .run()
                  .assertSucceeded()
                  .output())
          .startsWith(large.sha256());

      assertThat(peer.await().assertSucceeded().output()).contains("\"state\":\"COMPLETED\"");
    }
  }
}
