package dev.sluice.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.Typed;
import dev.sluice.testing.OwnService;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What few will ever see of each command. */
@Timeout(60)
class CommandDetailsTest {

  private static OwnService service;

  @BeforeAll
  static void startService() {
    service = OwnService.with("sluice.exports.max=2");
  }

  @AfterAll
  static void stopService() {
    service.close();
  }

  @AfterEach
  void deleteExports() {
    service.api().list().forEach(export -> service.api().delete(export.name(), true));
  }

  private static Typed sluice(String... words) {
    return sluice(service.port(), words);
  }

  private static Typed sluice(int port, String... words) {
    return Typed.run(Map.of("SLUICE_URL", "http://127.0.0.1:" + port), words);
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void aListOfNothingIsJsonAsWell() {
    Typed typed = sluice("list", "-o", "json");

    assertThat(typed.out()).isEqualTo("{\"exports\":[]}\n");
    assertThat(typed.err()).isEmpty();
  }

  @Test
  void aDeleteDoesNotAskAgainWhereNobodyAnswers() throws Exception {
    Typed typed = sluice(freePort(), "delete", "a", "b");

    assertThat(typed.exitCode()).isEqualTo(3);
    assertThat(typed.err().lines()).hasSize(1);
  }

  @Test
  void aNameThatCannotBeOneKeepsAllFromBeingDeleted() {
    service.create("a", "write", 100);

    assertThat(sluice("delete", "a", "..").exitCode()).isEqualTo(2);
    assertThat(sluice("list", "-o", "name").out()).isEqualTo("a\n");
  }

  @Test
  void theVersionOfTheClientIsThereWithoutAService() throws Exception {
    Typed typed = sluice(freePort(), "version");

    assertThat(typed.exitCode()).isEqualTo(3);
    assertThat(typed.out()).matches("Client version: \\S.*\n");
  }

  @Test
  void aServiceMayTellNoVersion() throws Exception {
    try (OtherServer other = OtherServer.answering(200, "{}")) {
      assertThat(sluice(other.port(), "version").out()).endsWith("Service version: (no version)\n");
    }
  }

  @Test
  void aLimitOfZeroIsNone() {
    service.create("slow", "write", 100);

    assertThat(sluice("patch", "slow", "--rate-limit=7k", "-o", "json").out())
        .contains("\"rateLimit\":7168");
    assertThat(sluice("patch", "slow", "--rate-limit=0", "-o", "json").out())
        .contains("\"rateLimit\":0,");
    assertThat(sluice("patch", "slow", "size=50", "-o", "name").out()).isEqualTo("slow\n");
  }

  @Test
  void whatNoClientHasReadMayBeUnwanted() throws Exception {
    service.create("restore", "read", 1 << 20);
    Thread peer =
        Thread.ofPlatform()
            .start(
                () -> {
                  try (OutputStream out =
                      Files.newOutputStream(service.root().resolve("restore"))) {
                    out.write(new byte[1 << 20]);
                  } catch (java.io.IOException e) {
                    // The stream has ended before it was taken.
                  }
                });
    try (var client = service.connect()) {
      client.go("restore");
      client.read(0, 700_000);
      client.disconnect();
    }
    service.api().await("restore", export -> export.clients() == 0);

    Typed refused = sluice("finish", "restore");
    assertThat(refused.exitCode()).as(refused.out()).isEqualTo(4);
    assertThat(refused.err()).contains("--accept-unread");
    Typed typed = sluice("finish", "restore", "--accept-unread");
    assertThat(typed.exitCode()).as(typed.err()).isZero();
    assertThat(typed.out()).contains("restore is COMPLETED");
    peer.join();
  }
}
