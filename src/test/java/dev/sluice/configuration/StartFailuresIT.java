package dev.sluice.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Peers;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a user reads when the jar cannot be started: one message with the key and what to do. */
class StartFailuresIT {

  /** On a busy machine; it takes a few seconds. */
  private static final Duration ENDS_WITHIN = Duration.ofMinutes(3);

  private final List<Path> folders = new ArrayList<>();

  @AfterEach
  void clean() {
    folders.forEach(Workspace::remove);
  }

  private Path folder() {
    Path folder = Workspace.newFolder("start");
    folders.add(folder);
    return folder;
  }

  private Command jar(Object... arguments) {
    return jarWith(List.of(), arguments);
  }

  /** On free ports, unless the arguments say otherwise: Spring Boot would join two of one key. */
  private Command jarWith(List<Object> jvmOptions, Object... arguments) {
    Map<String, Object> byKey = new LinkedHashMap<>();
    Stream.concat(
            Stream.of(
                "--server.port=0",
                "--sluice.nbd.port=0",
                "--sluice.exports.roots=" + folder(),
                "--sluice.exports.store=none"),
            Stream.of(arguments))
        .forEach(argument -> byKey.put(argument.toString().replaceFirst("=.*", ""), argument));
    return SluiceProcess.jar(jvmOptions.toArray()).with(byKey.values().toArray());
  }

  private static void assertFails(Command start, String... words) {
    StartMessage.assertSays(message(start), words);
  }

  private static String message(Command start) {
    Command.Result result;
    try (Command.Running running = start.start()) {
      result = running.await(ENDS_WITHIN).assertFailed();
    }
    StartMessage.assertHasNoTrace(result.errors());
    return StartMessage.of(result.output());
  }

  @Test
  void theStoreIsAnotherServices() {
    Path root = Workspace.newPath("root");
    String store = root + ".store";
    try (SluiceProcess other = SluiceProcess.start(root, UnaryOperator.identity())) {
      assertFails(
          jar("--sluice.exports.store=" + store),
          "another service, process %d, has the store %s".formatted(other.process().pid(), store),
          "Action:",
          "Stop that one");
    }
  }

  @Test
  void theStoreCannotBeWritten() throws IOException {
    Peers.requireRoot();
    Peers.require("unshare");
    Path store = folder();
    assertFails(
        jar("--sluice.exports.store=" + store)
            .behind(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs -o ro tmpfs \"$0\" && exec \"$@\"",
                store),
        "the store " + store,
        "Read-only file system",
        "Action:",
        "this service's user may write");
  }

  @Test
  void thePortIsOneThatOnlyRootMayHave() throws IOException {
    Peers.requireRoot();
    Peers.require("setpriv");
    Path root = openFolder();
    assertFails(
        jar(
                "--sluice.nbd.port=809",
                "--sluice.exports.roots=" + root,
                "--sluice.exports.store=none")
            .behind("setpriv", "--reuid=12345", "--clear-groups"),
        "sluice.nbd.port",
        "Action:",
        "1024");
  }

  @Test
  void theUnixSocketsGroupIsNoneOfTheUsers() throws IOException {
    Peers.requireRoot();
    Peers.require("setpriv");
    Path root = openFolder();
    assertFails(
        jar(
                "--sluice.nbd.unix-socket=" + root.resolve("nbd.sock"),
                "--sluice.nbd.unix-socket-group=4711",
                "--sluice.exports.roots=" + root,
                "--sluice.exports.store=none")
            .behind("setpriv", "--reuid=12345", "--clear-groups"),
        "sluice.nbd.unix-socket-group",
        "Action:",
        "sluice.nbd.unix-socket-group");
    assertThat(root).isEmptyDirectory();
  }

  /** One for a service that is somebody else's. */
  private Path openFolder() throws IOException {
    Path folder = Files.createTempDirectory("sluice-open");
    folders.add(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    return folder;
  }

  @Test
  void nothingInTheTemporaryFolderMayBeExecuted() throws IOException {
    Peers.requireRoot();
    Peers.require("unshare");
    Path temporary = folder();
    assertFails(
        jarWith(List.of("-Djava.io.tmpdir=" + temporary))
            .behind(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs -o noexec tmpfs \"$0\" && exec \"$@\"",
                temporary),
        temporary.toString(),
        "Action:",
        "noexec",
        "java.io.tmpdir");
  }

  @Test
  void openSslsLibraryIsAskedForAndCannotBeExecuted() throws IOException {
    Peers.requireRoot();
    Peers.require("unshare");
    Path temporary = folder();
    assertFails(
        jarWith(
                List.of("-Djava.io.tmpdir=" + temporary),
                "--sluice.nbd.tls.provider=openssl",
                "--sluice.nbd.tls.mode=allow",
                "--sluice.nbd.tls.bundle=nbd")
            .behind(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs -o noexec tmpfs \"$0\" && exec \"$@\"",
                temporary),
        "sluice.nbd.tls.provider",
        "Action:",
        "noexec",
        "java.io.tmpdir");
  }

  @Test
  void keysDoNotExistWhereverTheyAreGiven() throws IOException {
    Path file = folder().resolve("more.yml");
    Files.writeString(file, "sluice:\n  exports:\n    max-endedd: 1\n");

    String message =
        message(
            jarWith(
                    List.of("-Dsluice.nbd.prot=1"),
                    "--sluice.nbd.tls.modee=require",
                    "--spring.config.import=file:" + file)
                .behind(
                    "env",
                    "SLUICE_NBD_TLS_MODUS=require",
                    "SLUICE_SERVICE_HOST=10.0.0.1",
                    "SPRING_APPLICATION_JSON={\"sluice\": {\"exports\": {\"windows\": 1}}}"));

    assertThat(message)
        .containsPattern("no key sluice.nbd.tls.modee .*commandLineArgs")
        .containsPattern("no key sluice.nbd.prot .*systemProperties")
        .containsPattern("no key sluice.nbd.tls.modus .*variable SLUICE_NBD_TLS_MODUS")
        .containsPattern("no key sluice.exports.windows .*")
        .containsPattern("no key sluice.exports.max-endedd .*more.yml.* - 3:")
        .contains("nearest key is sluice.nbd.tls.mode (SLUICE_NBD_TLS_MODE", "Action:")
        .doesNotContain("SERVICE_HOST");
  }

  @Test
  void everyWrongValueIsToldWithItsKeyAndWhereItCameFromInAnyLocale() throws IOException {
    Path file = folder().resolve("more.yml");
    Files.writeString(file, "sluice:\n  nbd:\n    max-options: 1\n");

    assertThat(
            message(
                jarWith(
                        List.of("-Duser.language=de"),
                        "--sluice.nbd.max-connections=0",
                        "--spring.config.import=file:" + file)
                    .behind("env", "SLUICE_NBD_UNIX_SOCKET_MODE=${1+1}")))
        .containsPattern(
            "sluice.nbd.maxOptions\\s+Value: \"1\"\\s+Origin: .*more.yml.* - 3:18"
                + "\\s+Reason: must be 16 or more")
        .containsPattern(
            "sluice.nbd.maxConnections\\s+Value: \"0\"\\s+Origin: .*commandLineArgs.*"
                + "\\s+Reason: must be 1 or more")
        .containsPattern(
            "sluice.nbd.unixSocketMode\\s+Value: \"\\$\\{1\\+1}\""
                + "\\s+Origin: .*SLUICE_NBD_UNIX_SOCKET_MODE.*\\s+Reason: must be 0 and three")
        .contains("Action:");
  }
}
