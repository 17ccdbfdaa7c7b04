package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the launcher starts, with a Java that only prints its home and its arguments. */
class LauncherTest {

  private static final Path LAUNCHER = Path.of("src/main/launcher/sluice").toAbsolutePath();

  private final Path folder = Workspace.newFolder("launcher");
  private final Path home = folder.resolve("opt sluice");
  private final Path launcher = home.resolve("sluice");

  @BeforeEach
  void install() throws IOException {
    Files.createDirectory(home);
    Files.copy(LAUNCHER, launcher);
  }

  @AfterEach
  void remove() {
    Workspace.remove(folder);
  }

  private Path java(String name, String version) throws IOException {
    Path java = Files.createDirectory(folder.resolve(name));
    Files.writeString(
        java.resolve("release"), "IMPLEMENTOR=\"a.b\"\nJAVA_VERSION=\"%s\"\n".formatted(version));
    Path program = Files.createDirectory(java.resolve("bin")).resolve("java");
    Files.writeString(program, "#!/bin/sh\nprintf '%s\\n' " + name + " \"$@\"\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return java;
  }

  /** The name of the Java that was started, and its arguments. */
  private List<String> start(String javaHome, String path, Object... arguments) {
    return Command.of("env", "JAVA_HOME=" + javaHome, "PATH=" + path + ":/usr/bin:/bin", launcher)
        .with(arguments)
        .run()
        .assertSucceeded()
        .output()
        .lines()
        .toList();
  }

  @Test
  void everyArgumentReachesTheJarAsItWasTyped() throws IOException {
    String java = java("java", "25.0.1").toString();

    assertThat(start(java, "", "-U", "-", "", "a  b", "$x", "*", "--run", "c 'd'"))
        .containsExactly(
            "java",
            "@" + home + "/command.options",
            "-jar",
            home + "/sluice.jar",
            "-U",
            "-",
            "",
            "a  b",
            "$x",
            "*",
            "--run",
            "c 'd'");
  }

  @ParameterizedTest
  @CsvSource({
    "--server.port=0, service",
    "--sluice.nbd.port, service",
    "--debug, service",
    "--trace=true, service",
    "--unix=/a/b.sock, command",
    "--debugging, command",
    "streaming, command",
    "stream.ing, command",
    "-V, command",
    "'', command",
  })
  void optionsAreThoseOfWhatTheFirstArgumentStarts(String first, String kind) throws IOException {
    String java = java("java", "26-ea").toString();

    assertThat(start(java, "", first)).contains("@" + home + "/" + kind + ".options");
  }

  @Test
  void noArgumentStartsTheService() throws IOException {
    String java = java("java", "25").toString();

    assertThat(start(java, ""))
        .containsExactly("java", "@" + home + "/service.options", "-jar", home + "/sluice.jar");
  }

  @Test
  void itIsFoundThroughLinksAndHasWhatIsInItsFolder() throws IOException {
    String java = java("java", "25.0.1").toString();
    Files.createFile(home.resolve("command.aot"));
    Files.createDirectory(home.resolve("native"));
    Path programs = Files.createDirectory(folder.resolve("bin"));
    Files.createSymbolicLink(programs.resolve("sluice"), Path.of("../opt sluice/sluice"));

    List<String> started =
        Command.shell("cd $1 && PATH=bin:$PATH JAVA_HOME=$2 sluice --version", folder, java)
            .run()
            .assertSucceeded()
            .output()
            .lines()
            .toList();

    assertThat(started)
        .containsExactly(
            "java",
            "@" + home + "/command.options",
            "-Djava.library.path=" + home + "/native",
            "-XX:AOTCache=" + home + "/command.aot",
            "-jar",
            home + "/sluice.jar",
            "--version");
  }

  @Test
  void aJavaThatIsTooOldIsPassedOver() throws IOException {
    String old = java("old", "21.0.9").toString();
    Path onPath = java("onPath", "100");
    Path link = Files.createDirectory(folder.resolve("bin")).resolve("java");
    Files.createSymbolicLink(link, onPath.resolve("bin/java"));

    assertThat(start(old, link.getParent().toString(), "--version")).startsWith("onPath");
    assertThat(start("", link.getParent().toString(), "--version")).startsWith("onPath");
    assertThat(start(folder + "/none", link.getParent().toString())).startsWith("onPath");
  }
}
