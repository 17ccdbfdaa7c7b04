package dev.sluice.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testing.OwnService;
import dev.sluice.testing.Slow;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * What a user reads when the service cannot be started: one message with the key and what to do.
 * Those that take a process of their own are in {@link StartFailuresIT}.
 */
@Slow("Starts a service for each test.")
@ExtendWith(OutputCaptureExtension.class)
class StartMessagesTest {

  private CapturedOutput output;

  @BeforeEach
  void capture(CapturedOutput output) {
    this.output = output;
  }

  private static Path folder() {
    return Workspace.newFolder("start");
  }

  private void assertFails(String[] properties, String... words) {
    assertThatThrownBy(() -> OwnService.with(properties)).isNotNull();
    StartMessage.assertSays(StartMessage.of(output.toString()), words);
  }

  private static String[] start(String... properties) {
    return properties;
  }

  @Test
  void theNbdPortIsTaken() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertFails(
          start("sluice.nbd.port=" + other.getLocalPort()),
          "127.0.0.1:" + other.getLocalPort(),
          "sluice.nbd.port",
          "another process",
          "Action:",
          "sluice.nbd.port to another");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "sluice-journal 99, was written by a newer release, Start that release again",
    "something else, is damaged, from a backup",
  })
  void theStoreCannotBeRead(String text, String why, String action) throws IOException {
    Path store = folder();
    Files.writeString(store.resolve("journal"), text + "\n");
    assertFails(
        start("sluice.exports.store=" + store), "the store " + store, why, "Action:", action);
    assertThat(store.resolve("journal")).hasContent(text + "\n");
  }

  @ParameterizedTest
  @CsvSource({
    "nowhere.invalid, no address",
    "192.0.2.77, this machine does not have",
    "not an address, no address",
  })
  void theNbdAddressIsNoneOfThisMachine(String address, String why) throws IOException {
    assertFails(
        start("sluice.nbd.address=" + address), address, why, "Action:", "sluice.nbd.address to");
  }

  @Test
  void theUnixSocketIsTaken() throws IOException {
    Path socket = folder().resolve("nbd.sock");
    try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(socket));
      assertFails(
          start("sluice.nbd.unix-socket=" + socket),
          socket.toString(),
          "sluice.nbd.unix-socket",
          "another process",
          "Action:",
          "sluice.nbd.unix-socket to another");
    }
  }

  @Test
  void theUnixSocketsFolderIsMissing() throws IOException {
    assertFails(
        start("sluice.nbd.unix-socket=" + folder().resolve("missing/nbd.sock")),
        "sluice.nbd.unix-socket",
        "folder does not exist",
        "Action:",
        "sluice.nbd.unix-socket");
  }

  @Test
  void theUnixSocketsFolderIsReadOnly() throws IOException {
    assertFails(
        start("sluice.nbd.unix-socket=/proc/self/nbd.sock"), "sluice.nbd.unix-socket", "Action:");
  }

  @Test
  void theSslBundleIsNotThere() throws IOException {
    assertFails(
        start("sluice.nbd.tls.mode=require", "sluice.nbd.tls.bundle=nbd"),
        "sluice.nbd.tls.bundle",
        "'nbd'",
        "Action:",
        "spring.ssl.bundle.pem.nbd");
  }

  @Test
  void theSslBundlesFileIsNotThere() throws IOException {
    assertFails(
        start(
            "sluice.nbd.tls.mode=require",
            "sluice.nbd.tls.bundle=nbd",
            "spring.ssl.bundle.pem.nbd.keystore.certificate=/nowhere/tls.crt",
            "spring.ssl.bundle.pem.nbd.keystore.private-key=/nowhere/tls.key"),
        "/nowhere/tls.crt",
        "Action:");
  }

  @ParameterizedTest
  @CsvSource({
    "advertised-host=h:30809, advertisedHost",
    "advertised-host=nbd://x, advertisedHost",
    "advertised-port=0, advertisedPort",
    "unix-socket-mode=600, unixSocketMode",
  })
  void aValueMakesNoSense(String property, String field) throws IOException {
    assertFails(start("sluice.nbd." + property), "sluice.nbd." + field, "must be", "Action:");
  }

  @Test
  void theRestPortIsTaken() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertFails(
          start("server.port=" + other.getLocalPort()),
          String.valueOf(other.getLocalPort()),
          "Action:");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "server.address=192.0.2.77 | server.address | Cannot assign | Set server.address",
        "server.ssl.bundle=nowhere | SSL bundle | nowhere | server.ssl.bundle",
        "server.ssl.bundle=api spring.ssl.bundle.pem.api.keystore.certificate=/nowhere/tls.crt"
            + " | SSL bundle | /nowhere/tls.crt | spring.ssl.bundle.pem",
        "spring.application.json={x | SPRING_APPLICATION_JSON | not JSON | Correct it",
      })
  void whatTheFrameworkTellsByAStackTrace(
      String arguments, String what, String why, String action) {
    assertFails(
        start(("sluice.security.tokens=0123456789abcdef0123 " + arguments).split(" ")),
        what,
        why,
        "Action:",
        action);
  }

  @Test
  void aFileIsNoYaml() throws IOException {
    Path file = folder().resolve("more.yml");
    Files.writeString(file, "sluice:\n  nbd: [\n");

    assertFails(
        start("spring.config.import=file:" + file),
        "not YAML",
        "line 3",
        "Action:",
        "application.yml");
  }
}
