package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.Assurances;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamObserver;
import dev.sluice.stream.window.WindowMemory;
import dev.sluice.testing.ChildJvm;
import dev.sluice.testing.Command;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Slow;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** What the system cannot do now is not the fault of what was asked for. */
@Slow("Starts a service for most tests.")
class SystemFailureTest {

  private static final int LIMIT = 256;

  @TempDir private Path root;

  @Test
  void noFieldIsToBlameWhereNothingCanBeOpened() {
    Peers.require("prlimit");
    Command child =
        ChildJvm.of(UsesUp.class, root).behind("prlimit", "--nofile=" + LIMIT + ":" + LIMIT);

    assertThat(complaints(child))
        .satisfiesExactly(
            line -> assertThat(line).startsWith("INVALID by path: it is outside"),
            line -> assertThat(line).startsWith("STATE by name: ").contains("0 of 5 bytes"),
            line ->
                assertThat(line)
                    .startsWith("UNAVAILABLE by null: no endpoint can be made now: ")
                    .endsWith("Too many open files"),
            line ->
                assertThat(line)
                    .startsWith("UNAVAILABLE by null: it cannot be finished now: ")
                    .endsWith("Too many open files"));
  }

  @ParameterizedTest
  @CsvSource({
    "'nr_inodes=2', No space left on device", // the folder and one FIFO
    "'ro', Read-only file system"
  })
  void noFieldIsToBlameWhereNoFifoCanBeMade(String option, String reason) throws IOException {
    Peers.requireRoot();
    Peers.require("unshare");
    Command child =
        ChildJvm.of(MakesTwo.class, root)
            .behind(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs -o mode=0700,%s tmpfs \"$0\" && exec \"$@\"".formatted(option),
                root);

    assertThat(complaints(child))
        .isNotEmpty()
        .allSatisfy(
            line ->
                assertThat(line)
                    .startsWith("UNAVAILABLE by null: no ")
                    .endsWith("mkfifo: " + reason));
  }

  private static List<String> complaints(Command child) {
    String said = child.run().assertSucceeded().output();
    return said.lines().filter(line -> line.contains(" by ")).toList();
  }

  /** Makes two FIFOs. */
  static final class MakesTwo {
    public static void main(String[] arguments) {
      Path root = Path.of(arguments[0]);
      try (StreamFactory streams = streams(properties(root))) {
        for (String name : List.of("first", "second")) {
          attempt(() -> streams.claim(Specs.of(name, root.resolve(name), Direction.WRITE)));
        }
      }
    }
  }

  private static ExportProperties properties(Path root) {
    return new Binder(
            new MapConfigurationPropertySource(Map.of("sluice.exports.roots", root.toString())))
        .bind("sluice.exports", ExportProperties.class)
        .get();
  }

  private static StreamFactory streams(ExportProperties properties) {
    return new StreamFactory(
        RootFolders.endpoints(properties),
        new WindowMemory(1 << 24),
        StreamObserver.NONE,
        ExportFollower.NONE);
  }

  private static void attempt(Runnable step) {
    try {
      step.run();
    } catch (ExportException e) {
      System.out.printf("%s by %s: %s%n", e.reason(), e.field(), e.complaint());
    }
  }

  /** Makes an export, and finishes one, when all descriptors are used up, and before. */
  static final class UsesUp {
    public static void main(String[] arguments) throws IOException {
      Path root = Path.of(arguments[0]);
      ExportProperties properties = properties(root);
      StreamFactory streams = streams(properties);
      ExportRegistry registry = new ExportRegistry(properties, streams, /* anyName= */ false);
      ExportSpec five = Specs.of("five", root.resolve("five"), Direction.WRITE, OptionalLong.of(5));
      Export export = registry.create(five);
      ExportSpec more = Specs.of("more", root.resolve("more"), Direction.WRITE);
      attempt(() -> streams.claim(Specs.of("no", Path.of("/elsewhere/no"), Direction.WRITE)));
      attempt(() -> finish(export));
      ChildJvm.loadErrors();
      useUp(); // when all classes are loaded; the root can be looked at with the last one
      attempt(() -> streams.claim(more));
      new FileInputStream("/dev/null"); // and now there is no last one
      attempt(() -> finish(export));
      System.exit(0); // nothing can be closed in order
    }

    private static void finish(Export export) {
      try (Finishes finishes = new Finishes()) {
        finishes.of(export, Assurances.NONE).end().join();
      } catch (CompletionException e) {
        throw (ExportException) e.getCause();
      }
    }

    private static void useUp() throws IOException {
      List<FileInputStream> all = new ArrayList<>();
      try {
        while (true) {
          all.add(new FileInputStream("/dev/null"));
        }
      } catch (IOException e) {
        all.getLast().close();
      }
    }
  }
}
