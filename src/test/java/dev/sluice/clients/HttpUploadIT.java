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
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A peer that puts by HTTP what a client reads. */
@ExtendWith(LeavesNothingBehind.class)
class HttpUploadIT {

  private static final String NAME = "web";

  /** Reads 32 MiB of a disk, says so, and goes on slowly. */
  private static final String HALF =
      """
      import nbd, sys, time
      h = nbd.NBD()
      h.connect_uri(sys.argv[1])
      try:
          for i in range(255):
              h.pread(1 << 20, i << 20)
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
    return api.createForHttp(NAME, "read", size, more);
  }

  private URI data() {
    return api.resolve("/exports/" + NAME + "/data");
  }

  private Command put(Object... more) {
    return Command.of("curl", "-sS", "--fail-with-body").with(more).with(data());
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
        Command.Running client = Command.python(HALF, Transport.TCP.uri(export)).start()) {
      await().until(() -> client.outputSoFar().contains("half"));

      curl.kill();

      client.await().assertFailed();
    }
    assertThat(api.awaitState(NAME, "FAILED").failure()).contains("cut off after");
  }

  @Test
  void aPeerIsToldThatTheClientWasLost() {
    ExportDocument export = create(disk.size(), Map.of("resumeTimeout", 1));
    try (Command.Running curl = put("-T", disk.path()).start();
        Command.Running client = Command.python(HALF, Transport.TCP.uri(export)).start()) {
      await().until(() -> client.outputSoFar().contains("half"));

      client.kill();

      curl.await().assertFailed();
    }
    assertThat(api.awaitState(NAME, "FAILED").failure()).contains("at position");
  }

  @Test
  void aStreamThatIsCancelledIsCutForBoth() {
    ExportDocument export = create(disk.size(), Map.of());
    try (Command.Running curl = put("-T", disk.path()).start();
        Command.Running client = Command.python(HALF, Transport.TCP.uri(export)).start()) {
      await().until(() -> client.outputSoFar().contains("half"));

      assertThat(api.delete(NAME, true)).isEqualTo(204);

      curl.await().assertFailed();
      client.await().assertFailed();
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

  private void awaitPeers(int count) {
    await().until(() -> api.scrape().sum("sluice_data_streams") == count);
  }
}
