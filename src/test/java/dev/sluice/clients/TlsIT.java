package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Pki;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.Workspace;
import dev.sluice.testing.WriteTrial;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients with and without certificates, and a server that does without, allows or requires TLS.
 */
class TlsIT {

  private static final Disk DISK = Disks.random();

  private static final Map<String, ?> BACKUP_ONLY =
      Map.of("clients", Map.of("subjects", List.of("CN=backup,O=Example")));

  private static Pki pki;
  private static Pki stranger;
  private static Path server;

  @BeforeAll
  static void makeCertificates() throws Exception {
    Peers.require("qemu-img", "nbdcopy", "nbdinfo");
    pki = Pki.rsa("Sluice tests");
    stranger = Pki.rsa("Sluice tests"); // of the same name, or clients would not even show it
    server = Workspace.newFolder("server");
    Pki.writeServer(server, pki.server(), pki);
  }

  private static OwnService service(String mode, String clientAuth) {
    return OwnService.with(Pki.properties(server, mode, clientAuth));
  }

  private static URI uri(ExportDocument export, String scheme) {
    return export.uris().stream()
        .filter(uri -> uri.getScheme().equals(scheme))
        .findFirst()
        .orElseThrow();
  }

  /** The URI for libnbd, with the client's files. */
  private static String libnbd(ExportDocument export, Path folder) {
    return uri(export, "nbds") + "?tls-certificates=" + folder;
  }

  private static Command.Result nbdinfo(ExportDocument export, Path folder) {
    return Command.of("nbdinfo", "--size", libnbd(export, folder)).run();
  }

  /** The options for qemu, with the client's files. */
  private static String qemu(ExportDocument export) {
    URI uri = uri(export, "nbds");
    return "driver=nbd,host=%s,port=%d,export=%s,tls-creds=tls"
        .formatted(uri.getHost(), uri.getPort(), export.name());
  }

  /** Writes the disk, with the client's files. */
  private static Command convert(ExportDocument export, Path folder) {
    return Command.of("qemu-img", "convert", "-n", "-f", "raw", "--object", credentials(folder))
        .with("--target-image-opts", DISK.path(), qemu(export));
  }

  private static String credentials(Path folder) {
    return "tls-creds-x509,id=tls,endpoint=client,dir=" + folder;
  }

  @ParameterizedTest
  @ValueSource(strings = {"allow", "require"})
  void nbdcopyStreamsBothWays(String mode) throws Exception {
    Path folder = pki.folder();
    try (OwnService sluice = service(mode, "none")) {
      try (WriteTrial trial = WriteTrial.of(sluice, DISK)) {
        Command.of("nbdcopy", DISK.path(), libnbd(trial.export(), folder)).run().assertSucceeded();
        trial.assertComplete();
      }
      try (ReadTrial trial = ReadTrial.of(sluice, DISK)) {
        Command.of("nbdcopy", libnbd(trial.export(), folder), trial.copy()).run().assertSucceeded();
        trial.assertComplete();
      }
    }
  }

  @Test
  void qemuImgStreamsBothWaysWithACertificateOfItsOwn() throws Exception {
    Path folder = pki.folder(pki.client("CN=qemu"));
    try (OwnService sluice = service("require", "need")) {
      try (WriteTrial trial = WriteTrial.of(sluice, DISK)) {
        convert(trial.export(), folder).run().assertSucceeded();
        trial.assertComplete();
      }
      try (ReadTrial trial = ReadTrial.of(sluice, DISK)) {
        Command.of("qemu-img", "convert", "--object", credentials(folder), "--image-opts")
            .with(qemu(trial.export()), "-O", "raw", trial.copy())
            .run()
            .assertSucceeded();
        trial.assertComplete();
      }
    }
  }

  @Test
  void whereTlsIsAllowedPlaintextWorksToo() {
    try (OwnService sluice = service("allow", "none");
        WriteTrial trial = WriteTrial.of(sluice, DISK)) {
      assertThat(trial.export().uris()).extracting(URI::getScheme).startsWith("nbds");
      Writer.NBDCOPY.command(DISK, uri(trial.export(), "nbd")).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  @Test
  void whereTlsIsRequiredPlaintextIsToldSo() {
    try (OwnService sluice = service("require", "none");
        WriteTrial trial = WriteTrial.of(sluice, DISK)) {
      assertThat(trial.export().uris())
          .extracting(URI::getScheme)
          .containsExactly("nbds", "nbds+unix");
      String plain = uri(trial.export(), "nbds").toString().replace("nbds:", "nbd:");
      assertThat(Command.of("qemu-img", "info", plain).run().assertFailed().errors())
          .contains("TLS");
      Command.of("nbdinfo", "--list", plain).run().assertFailed();
      Writer.NBDCOPY.command(DISK, URI.create(plain)).run().assertFailed();
      assertThat(trial.now().state()).isEqualTo("WAITING");
    }
  }

  @Test
  void whereTlsIsOffAClientThatWantsItIsRefused() throws Exception {
    Path folder = pki.folder();
    try (OwnService sluice = service("off", "none");
        WriteTrial trial = WriteTrial.of(sluice, DISK)) {
      assertThat(trial.export().uris())
          .extracting(URI::getScheme)
          .containsExactly("nbd", "nbd+unix");
      String encrypted = uri(trial.export(), "nbd").toString().replace("nbd:", "nbds:");
      Command.of("nbdinfo", encrypted + "?tls-certificates=" + folder).run().assertFailed();
      Command.of("nbdinfo", uri(trial.export(), "nbd")).run().assertSucceeded();
    }
  }

  @Test
  void aClientWithoutTheRightCertificateIsRefused() throws Exception {
    try (OwnService sluice = service("require", "need");
        WriteTrial trial = WriteTrial.of(sluice, DISK)) {
      ExportDocument export = trial.export();
      nbdinfo(export, pki.folder(pki.client("CN=good"))).assertSucceeded();

      nbdinfo(export, pki.folder()).assertFailed();
      nbdinfo(export, pki.folder(stranger.client("CN=good"))).assertFailed();
      nbdinfo(export, pki.folder(pki.expiredClient("CN=good"))).assertFailed();

      nbdinfo(export, pki.folder(pki.client("CN=good"))).assertSucceeded();
    }
  }

  @Test
  void aClientThatIsAskedMayDoWithoutACertificateButNotShowAWrongOne() throws Exception {
    try (OwnService sluice = service("require", "want");
        WriteTrial trial = WriteTrial.of(sluice, DISK)) {
      nbdinfo(trial.export(), pki.folder()).assertSucceeded();
      nbdinfo(trial.export(), pki.folder(pki.client("CN=good"))).assertSucceeded();
      nbdinfo(trial.export(), pki.folder(stranger.client("CN=good"))).assertFailed();
    }
  }

  @Test
  void anExportIsOnlyForThoseWhoseCertificateHasItsSubject() throws Exception {
    Path right = pki.folder(pki.client("CN=backup,O=Example"));
    try (OwnService sluice = service("allow", "want");
        WriteTrial trial = WriteTrial.of(sluice, DISK, BACKUP_ONLY)) {
      ExportDocument export = trial.export();
      assertThat(export.uris()).extracting(URI::getScheme).containsExactly("nbds", "nbds+unix");
      for (Path wrong : List.of(pki.folder(pki.client("CN=other,O=Example")), pki.folder())) {
        assertThat(nbdinfo(export, wrong).assertFailed().errors()).contains("policy");
        assertThat(convert(export, wrong).run().assertFailed().errors()).contains("not permitted");
      }
      String plain = uri(export, "nbds").toString().replace("nbds:", "nbd:");
      assertThat(Command.of("qemu-img", "info", plain).run().assertFailed().errors())
          .contains("TLS");
      Command.of("nbdinfo", "--size", plain).run().assertFailed();
      assertThat(trial.now().state()).isEqualTo("WAITING");

      nbdinfo(export, right).assertSucceeded();
      convert(export, right).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  @Test
  void whereNobodyIsAskedForACertificateNoExportCanBeForASubject() {
    for (List<String> mode : List.of(List.of("off", "want"), List.of("require", "none"))) {
      try (OwnService sluice = service(mode.get(0), mode.get(1))) {
        assertThatThrownBy(() -> WriteTrial.of(sluice, DISK, BACKUP_ONLY))
            .hasMessageContainingAll("\"status\":400", "\"field\":\"clients.subjects\"")
            .hasMessageContaining(mode.get(0).equals("off") ? "tls.mode" : "tls.client-auth");
      }
    }
  }

  @Test
  void aClientRefusesAServerThatItDoesNotTrust() throws Exception {
    try (OwnService sluice = service("require", "none");
        WriteTrial trial = WriteTrial.of(sluice, DISK)) {
      nbdinfo(trial.export(), stranger.folder()).assertFailed();
      nbdinfo(trial.export(), pki.folder()).assertSucceeded();
    }
    Path old = Workspace.newFolder("server");
    Pki.writeServer(old, pki.expiredServer(), pki);
    try (OwnService sluice = OwnService.with(Pki.properties(old, "require", "none"));
        WriteTrial trial = WriteTrial.of(sluice, DISK)) {
      nbdinfo(trial.export(), pki.folder()).assertFailed();
    }
  }

  @Test
  void aKilledClientLeavesAnInterruptedStream() throws Exception {
    try (OwnService sluice = service("require", "none");
        WriteTrial trial = WriteTrial.of(sluice, DISK)) {
      trial.peer().pauseAt(DISK.size() / 2);
      try (Command.Running client =
          Command.of("nbdcopy", DISK.path(), libnbd(trial.export(), pki.folder())).start()) {
        await().until(() -> trial.peer().count() == DISK.size() / 2);
        client.kill();
        trial.peer().goOn();
        ExportDocument left = trial.awaitState("INTERRUPTED");
        assertThat(left.failure()).contains("client");
        assertThat(trial.peer().hasEnded()).isFalse();
      }
    }
  }

  @Test
  void certificatesAreRenewedUnderARunningStream() throws Exception {
    Path renewed = Workspace.newFolder("server");
    Pki.writeServer(renewed, pki.server(), pki);
    try (OwnService sluice = OwnService.with(Pki.properties(renewed, "require", "none"));
        WriteTrial trial = WriteTrial.of(sluice, DISK);
        WriteTrial other = WriteTrial.of(sluice, DISK)) {
      trial.peer().pauseAt(DISK.size() / 2);
      List<Path> trusting = List.of(pki.folder(), stranger.folder());
      try (Command.Running client =
          Command.of("nbdcopy", DISK.path(), libnbd(trial.export(), trusting.get(0))).start()) {
        await().until(() -> trial.peer().count() == DISK.size() / 2);
        nbdinfo(other.export(), trusting.get(1)).assertFailed();

        Pki.writeServer(renewed, stranger.server(), pki);

        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> nbdinfo(other.export(), trusting.get(1)).exitCode() == 0);
        nbdinfo(other.export(), trusting.get(0)).assertFailed();
        trial.peer().goOn();
        client.await().assertSucceeded();
        trial.assertComplete();
      }
    }
  }
}
