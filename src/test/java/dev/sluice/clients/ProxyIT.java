package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Pki;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.Sluice;
import dev.sluice.testing.Socat;
import dev.sluice.testing.Workspace;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Readers behind a proxy, which acknowledges the last reply whether they read it or not: that they
 * close their connections proves nothing.
 */
class ProxyIT {

  private static final Disk DISK = Disks.random(8L * Disks.MIB);

  @BeforeAll
  static void requirePeers() {
    Peers.require("socat", "nbdcopy", "qemu-img", "python3");
  }

  @Test
  void aReaderThatIsKilledBeforeItReadTheLastReplyHasNotCompleted() {
    assertKilledReaderIs("INTERRUPTED", OwnService.shared(), "nbd", Map.of());
  }

  @Test
  void aReaderThatIsKilledWithoutAProxyHasNotCompletedEither() {
    try (ReadTrial trial = ReadTrial.of(DISK)) {
      URI uri = trial.export().uris().getFirst();
      try (Command.Running reader = unread(uri.getHost(), uri.getPort(), trial)) {
        await().until(() -> reader.outputSoFar().contains("asked"));
      }
      trial.awaitState("INTERRUPTED");
    }
  }

  @Test
  void aReaderThatIsKilledBeforeItReadTheLastReplyHasNotCompletedOverTls() throws Exception {
    Pki pki = Pki.rsa("Sluice tests");
    Path files = Workspace.newFolder("server");
    Pki.writeServer(files, pki.server(), pki);
    Path authority = pki.folder().resolve("ca-cert.pem");
    try (OwnService sluice = OwnService.with(Pki.properties(files, "require", "none"))) {
      assertKilledReaderIs("INTERRUPTED", sluice, "nbds", Map.of(), authority);
    }
  }

  @Test
  void anExportThatAcceptsACloseBelievesIt() {
    assertKilledReaderIs("COMPLETED", OwnService.shared(), "nbd", Map.of("acceptClose", true));
  }

  private static void assertKilledReaderIs(
      String state, Sluice sluice, String scheme, Map<String, ?> fields, Object... authority) {
    try (ReadTrial trial = ReadTrial.of(sluice, DISK, fields);
        Socat proxy = Socat.before(uri(trial, scheme))) {
      try (Command.Running reader = unread("127.0.0.1", proxy.port(), trial, authority)) {
        await().until(() -> reader.outputSoFar().contains("asked"));
        assertThat(trial.now().position()).isEqualTo(DISK.size());
      }
      ExportDocument left = trial.awaitLeft();
      assertThat(left.state()).as("%s", left).isEqualTo(state);
    }
  }

  private static Command.Running unread(
      String host, int port, ReadTrial trial, Object... authority) {
    return Command.python(ProxyIT.class, "unread.py", host, port, trial.export().name())
        .with(DISK.size())
        .with(authority)
        .start();
  }

  private static URI uri(ReadTrial trial, String scheme) {
    return trial.export().uris().stream()
        .filter(uri -> uri.getScheme().equals(scheme))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @EnumSource
  @Shows({ClientRow.NBDCOPY_READS, ClientRow.QEMU_IMG_READS})
  void readersThatSayGoodbyeComplete(Reader reader) {
    try (ReadTrial trial = ReadTrial.of(DISK);
        Socat proxy = Socat.before(uri(trial, "nbd"))) {
      String uri = "nbd://127.0.0.1:%d/%s".formatted(proxy.port(), trial.export().name());
      reader.command(URI.create(uri), trial.copy()).run().assertSucceeded();
      trial.assertComplete();
    }
  }
}
