package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportsApi;
import dev.sluice.testing.Peers;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Workspace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A service whose JVM takes names for ASCII. The shell writes the names in octal, since the tests'
 * own JVM may be started the same way.
 */
class NoLocaleIT {

  private static final long SIZE = 3L * Disks.MIB;
  private static final Duration STARTS_WITHIN = Duration.ofMinutes(2);
  private static final Pattern PORT = Pattern.compile("Tomcat started on ports? (\\d+)");

  /** The folder {@code räume}, with the FIFO {@code größe-日本.img}, and the same as JSON. */
  private static final String NAMES =
      """
      folder=$(printf 'r\\303\\244ume')
      fifo=$(printf 'gr\\303\\266\\303\\237e-\\346\\227\\245\\346\\234\\254.img')
      """;

  private static final String FIFO = "r\u00e4ume/gr\u00f6\u00dfe-\u65e5\u672c.img";

  private final Path parent = Workspace.newFolder("locale");

  @BeforeAll
  static void requirePeers() {
    Peers.require("nbdcopy");
  }

  @AfterEach
  void clean() {
    Workspace.remove(parent);
  }

  /** A script with the names, the folder that they are in as $1 and a disk as $2. */
  private Command script(String text, Object... disk) {
    return Command.shell("set -eu\n" + NAMES + text, parent).with(disk);
  }

  /** The service behind a script, which gets its command line as "$@" and the folder as $parent. */
  private Command service(String text) {
    return SluiceProcess.jar()
        .with("--server.port=0", "--sluice.nbd.port=-1")
        .behind("sh", "-c", NAMES + "parent=$1; shift; " + text, "sh", parent);
  }

  private static ExportsApi apiOf(Command.Running service) {
    await()
        .atMost(STARTS_WITHIN)
        .until(
            () ->
                service.outputSoFar().contains("Started SluiceApplication") || !service.isAlive());
    Matcher port = PORT.matcher(service.outputSoFar());
    assertThat(port.find()).as(service.outputSoFar()).isTrue();
    return new ExportsApi(Integer.parseInt(port.group(1)));
  }

  private String uri(ExportsApi api, String direction) {
    return api.create("x", parent, direction, SIZE, Map.of("path", parent + "/" + FIFO))
        .uris()
        .getFirst()
        .toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"C", "POSIX"})
  void namesOnTheCommandLineAndInRequestsAreUtf8(String locale) {
    Disk disk = Disks.random(SIZE);
    Command start =
        service(
            """
            exec env -i LC_ALL=%s "$@" "--sluice.exports.roots=$parent/$folder" --sluice.exports.store=none \
              "--sluice.nbd.unix-socket=$parent/$folder.sock"
            """
                .formatted(locale));
    try (Command.Running service = start.start();
        ExportsApi api = apiOf(service)) {
      String written = uri(api, "write");
      assertThat(written).endsWith("/r%C3%A4ume.sock");
      try (Command.Running peer = script("cat \"$1/$folder/$fifo\" > \"$1/copy\"").start()) {
        Command.of("nbdcopy", disk.path(), written).run().assertSucceeded();
        peer.await().assertSucceeded();
      }
      api.awaitState("x", "COMPLETED");
      assertThat(api.delete("x", false)).isEqualTo(204);

      String read = uri(api, "read");
      script("test -p \"$1/$folder/$fifo\"").run().assertSucceeded();
      try (Command.Running peer = script("cat \"$1/copy\" > \"$1/$folder/$fifo\"").start()) {
        Command.of("nbdcopy", read, parent.resolve("again")).run().assertSucceeded();
        peer.await().assertSucceeded();
      }
      script("cmp \"$2\" \"$1/copy\"; cmp \"$2\" \"$1/again\"", disk.path())
          .run()
          .assertSucceeded();

      assertThat(api.delete("x", true)).isEqualTo(204);
      uri(api, "write");
      assertThat(api.delete("x", false)).isEqualTo(204);
      script("ls -A \"$1/$folder\"; rmdir \"$1/$folder\"").run().assertSucceeded();
    }
  }

  @Test
  void namesInTheEnvironmentAreUtf8() {
    Command start =
        service(
            """
            exec env -i LC_ALL=C "SLUICE_EXPORTS_ROOTS=$parent/$folder" SLUICE_EXPORTS_STORE=none \
              "SLUICE_NBD_UNIXSOCKET=$parent/$folder.sock" "$@"
            """);
    try (Command.Running service = start.start();
        ExportsApi api = apiOf(service)) {
      uri(api, "write");
      script("test -p \"$1/$folder/$fifo\"; test -S \"$1/$folder.sock\"").run().assertSucceeded();
    }
  }

  @Test
  void aNameThatIsNotUtf8IsRefusedAtTheStart() {
    Command start =
        service(
            "exec env LC_ALL=C \"$@\" \"--sluice.exports.roots=$parent/$(printf 'r\\344ume')\"");
    try (Command.Running service = start.start()) {
      assertThat(service.await(STARTS_WITHIN).assertFailed().output())
          .contains("APPLICATION FAILED TO START", "sluice.exports.roots", "LC_ALL=C.UTF-8");
    }
    script("test -z \"$(ls -A \"$1\")\"").run().assertSucceeded();
  }
}
