package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.Assurances;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamObserver;
import dev.sluice.stream.window.WindowMemory;
import dev.sluice.testing.ChildJvm;
import dev.sluice.testing.Command;
import dev.sluice.testing.Peers;
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
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** What the system cannot do now is not the fault of what was asked for. */
class SystemFailureTest {

  private static final int LIMIT = 256;

  @TempDir private Path root;

  @Test
  void noFieldIsToBlameWhereNothingCanBeOpened() {
    Peers.require("prlimit");
    Command child =
        ChildJvm.of(Child.class, root).behind("prlimit", "--nofile=" + LIMIT + ":" + LIMIT);

    String said = child.run().assertSucceeded().output();

    assertThat(said.lines().filter(line -> line.contains(" by ")))
        .satisfiesExactly(
            line -> assertThat(line).startsWith("INVALID by path: it is outside"),
            line -> assertThat(line).startsWith("CONFLICT by name: ").contains("0 of 5 bytes"),
            line ->
                assertThat(line)
                    .startsWith("UNAVAILABLE by null: no endpoint can be made now: ")
                    .endsWith("Too many open files"),
            line ->
                assertThat(line)
                    .startsWith("UNAVAILABLE by null: it cannot be finished now: ")
                    .endsWith("Too many open files"));
  }

  /** Makes an export, and finishes one, when all descriptors are used up, and before. */
  static final class Child {
    public static void main(String[] arguments) throws IOException {
      Path root = Path.of(arguments[0]);
      ExportProperties properties =
          new Binder(
                  new MapConfigurationPropertySource(Map.of("sluice.exports.roots", arguments[0])))
              .bind("sluice.exports", ExportProperties.class)
              .get();
      StreamFactory streams =
          new StreamFactory(
              properties, new WindowMemory(1 << 24), StreamObserver.NONE, ExportFollower.NONE);
      ExportRegistry registry = new ExportRegistry(properties, streams);
      ExportSpec five = Specs.of("five", root.resolve("five"), Direction.WRITE, OptionalLong.of(5));
      Export export = registry.create(five);
      ExportSpec more = Specs.of("more", root.resolve("more"), Direction.WRITE);
      attempt(() -> streams.claim(Specs.of("no", Path.of("/elsewhere/no"), Direction.WRITE)));
      attempt(() -> finish(export));
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

    private static void attempt(Runnable step) {
      try {
        step.run();
      } catch (ExportException e) {
        System.out.printf("%s by %s: %s%n", e.reason(), e.field(), e.complaint());
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
