package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The jar and the package that {@code mvn package} has made, made again by somebody else. */
class ReproducibleJarIT {

  private static final Path PROJECT = Path.of("").toAbsolutePath();
  private static final Duration BUILDS_WITHIN = Duration.ofMinutes(5);
  private static final List<String> MADE = List.of("target/sluice.jar", "target/sluice.deb");
  private static final List<String> SOURCES =
      List.of("pom.xml", "application.yml", "docs/problems.md", "mvnw", ".mvn", "src/main");

  private final Path elsewhere = Workspace.newFolder("build");

  @AfterEach
  void remove() {
    Workspace.remove(elsewhere);
  }

  @Test
  void theyAreTheSameByteByByteElsewhereAndAtAnotherTime() throws Exception {
    for (String made : MADE) {
      assertThat(PROJECT.resolve(made)).exists();
    }
    for (String source : SOURCES) {
      Command.shell("cd $1 && cp -R --parents $2 $3", PROJECT, source, elsewhere)
          .run()
          .assertSucceeded();
    }

    // Not offline (-o), where the list of what the jar is made of would not be written.
    try (Command.Running build =
        Command.shell(
                "cd $1 && umask 077 && export TZ=Asia/Tokyo LC_ALL=C"
                    + " && ./mvnw -B -q -P '!format' -Dmaven.test.skip package",
                elsewhere)
            .start()) {
      build.await(BUILDS_WITHIN).assertSucceeded();
    }

    for (String made : MADE) {
      assertThat(Files.mismatch(PROJECT.resolve(made), elsewhere.resolve(made)))
          .as(made)
          .isEqualTo(-1);
    }
  }
}
