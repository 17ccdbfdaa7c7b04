package dev.sluice.cli.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.SluiceShell;
import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Pki;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.Workspace;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code --tls} and its certificates, as in nbdkit-tls(1). */
class StreamingTlsIT {

  private static final Disk DISK = Disks.random(16L * Disks.MIB);

  private static Path certificates;
  private static Path stranger;
  private static Path client;

  private final Path folder = Workspace.newFolder("tls");

  @BeforeAll
  static void makeCertificates() throws Exception {
    Peers.require("nbdcopy");
    Pki pki = Pki.rsa("Sluice tests"); // nbdcopy reads no key of another kind
    certificates = pki.folder();
    X509Bundle server = pki.server();
    Files.writeString(certificates.resolve("server-cert.pem"), server.getCertificatePEM());
    Files.writeString(certificates.resolve("server-key.pem"), server.getPrivateKeyPEM());
    stranger = pki.folder();
    client = pki.folder(pki.client("CN=backup"));
  }

  /** Runs nbdcopy with a URI that has the variables of --run in it. */
  private Command.Result copy(String options, String uri) {
    return SluiceShell.script(
            folder,
            """
            mkfifo pipe
            cat pipe > output &
            sluice -p 0 %s streaming write=pipe --run "nbdcopy '$1' \\"%s\\""
            code=$?
            kill $! 2> /dev/null
            wait
            exit $code
            """
                .formatted(options, uri.replace("$", "\\$")),
            DISK.path())
        .run();
  }

  private void assertOutputIsTheDisk() {
    assertThat(Sha256.of(folder.resolve("output"))).isEqualTo(DISK.sha256());
  }

  private static String tls(String mode) {
    return "--tls=%s --tls-certificates=%s".formatted(mode, certificates);
  }

  private static String by(Path files) {
    return "$uri?tls-certificates=" + files;
  }

  @Test
  void tlsIsRequired() {
    copy(tls("require"), by(stranger)).assertSucceeded();

    assertOutputIsTheDisk();
  }

  @Test
  void aClientWithoutTlsIsRefusedThen() {
    Command.Result result = copy(tls("require"), "nbd://localhost:$port");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.errors()).contains("the stream is WAITING at 0");
  }

  @Test
  void tlsIsPermitted() {
    copy(tls("on"), "nbds://localhost:$port?tls-certificates=" + stranger).assertSucceeded();

    assertOutputIsTheDisk();
  }

  @Test
  void aClientWithoutTlsIsServedThen() {
    copy(tls("on"), "$uri").assertSucceeded();

    assertOutputIsTheDisk();
  }

  @Test
  void aClientHasToHaveACertificate() {
    copy(tls("require") + " --tls-verify-peer", by(client)).assertSucceeded();

    assertOutputIsTheDisk();
  }

  @Test
  void aClientWithoutOneIsRefusedThen() {
    Command.Result result = copy(tls("require") + " --tls-verify-peer", by(stranger));

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.errors()).contains("the stream is WAITING at 0");
  }

  @Test
  void aFileThatIsMissingIsNamed() {
    Command.Result result = copy("--tls=require --tls-certificates=" + stranger, "$uri");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.errors())
        .contains("TLS cannot be used: " + stranger + "/server-cert.pem is not there");
  }
}
