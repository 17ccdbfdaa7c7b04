package dev.sluice.endpoint;

import static dev.sluice.testing.FilePaths.all;
import static dev.sluice.testing.FilePaths.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.endpoint.Endpoint.Flow;
import dev.sluice.testing.ChildJvm;
import dev.sluice.testing.Command;
import dev.sluice.testing.Peers;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the process can open nothing more, files that were made are removed all the same. */
class DescriptorsUsedUpTest {

  private static final int LIMIT = 256;

  @TempDir private Path root;

  @Test
  void whatWasMadeIsRemovedAndWhatCannotBeIsTold() throws IOException {
    Peers.require("prlimit");
    Files.createDirectory(root.resolve("inner"));
    Command child =
        ChildJvm.of(Child.class, root).behind("prlimit", "--nofile=" + LIMIT + ":" + LIMIT);

    String said = child.run().assertSucceeded().output();

    assertThat(said).contains("used up");
    assertThat(root.resolve("inner")).isEmptyDirectory();
    assertThat(root).isDirectoryContaining("glob:**/kept");
    assertThat(root).isDirectoryNotContaining("glob:**/{fifo,listening}");
    assertThat(said).contains("WARN", "Peers that wait for " + root + "/fifo cannot be let go");
  }

  /** Makes endpoints, uses all descriptors up, and closes the endpoints. */
  static final class Child {
    public static void main(String[] arguments) throws IOException {
      Path root = Path.of(arguments[0]);
      try (EndpointRoots roots = EndpointRoots.open(all(root))) {
        claimAll(roots, root).forEach(Endpoint::close); // so that all classes are loaded
        ChildJvm.loadErrors();
        List<Endpoint> endpoints = claimAll(roots, root);
        Files.createFile(root.resolve("kept"));
        useUp();
        endpoints.forEach(Endpoint::close);
        System.exit(0); // nothing else can be closed in order
      }
    }

    private static List<Endpoint> claimAll(EndpointRoots roots, Path root) throws IOException {
      EndpointFactory factory = new EndpointFactory(roots, 0600, null);
      return List.of(
          factory.claim(at(root.resolve("fifo")), Flow.TO_PEER),
          factory.claim(at(root.resolve("inner/fifo")), Flow.FROM_PEER),
          factory.listen(at(root.resolve("listening")), Flow.TO_PEER),
          factory.listen(at(root.resolve("inner/listening")), Flow.TO_PEER));
    }

    private static void useUp() {
      List<FileInputStream> all = new ArrayList<>();
      try {
        while (true) {
          all.add(new FileInputStream("/dev/null"));
        }
      } catch (IOException e) {
        System.out.println("used up after " + all.size() + ": " + e.getMessage());
      }
    }
  }
}
