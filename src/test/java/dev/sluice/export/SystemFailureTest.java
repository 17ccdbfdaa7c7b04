package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamObserver;
import dev.sluice.stream.WindowMemory;
import dev.sluice.testing.ChildJvm;
import dev.sluice.testing.Command;
import dev.sluice.testing.Peers;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** What the system cannot do now is not the fault of what was asked for. */
class SystemFailureTest {

  private static final int LIMIT = 256;

  @TempDir private Path root;

  @Test
  void aPathIsNotToBlameWhereNothingCanBeOpened() {
    Peers.require("prlimit");
    Command child =
        ChildJvm.of(Child.class, root).behind("prlimit", "--nofile=" + LIMIT + ":" + LIMIT);

    assertThat(child.run().assertSucceeded().output())
        .contains(
            "INVALID path: ",
            "UNAVAILABLE null: no endpoint can be made now: ",
            "Too many open files");
    assertThat(root).isEmptyDirectory();
  }

  /** Claims an endpoint when all descriptors are used up. */
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
              properties, new WindowMemory(1 << 20), StreamObserver.NONE, ExportFollower.NONE);
      ExportSpec spec = Specs.of("vm1", root.resolve("fifo"), Direction.WRITE);
      streams.claim(spec).close();
      tryToClaim(streams, Specs.of("vm1", Path.of("/elsewhere/fifo"), Direction.WRITE));
      useUp(); // when all classes are loaded; the root can be looked at with the last one
      tryToClaim(streams, spec);
      System.exit(0); // nothing can be closed in order
    }

    private static void tryToClaim(StreamFactory streams, ExportSpec spec) {
      try {
        streams.claim(spec).close();
      } catch (RefusedException e) {
        System.out.println(e.reason() + " " + e.field() + ": " + e.complaint());
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
