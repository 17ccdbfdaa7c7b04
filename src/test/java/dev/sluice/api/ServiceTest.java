package dev.sluice.api;

import dev.sluice.export.Export;
import dev.sluice.export.ExportRegistry;
import dev.sluice.testing.RestClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The REST API as it runs, with a new folder for the endpoints of each test. */
@Timeout(60)
@SpringBootTest(classes = TestApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT)
abstract class ServiceTest {

  /** Holds every test's folder. */
  private static final Path ROOT = temporaryFolder();

  /** Where no FIFO can be made, and hardly any other test of this machine has its root. */
  static final Path WITHOUT_FIFOS = folderOfKernel();

  @TempDir Path outside;
  Path folder;

  @Autowired ExportRegistry registry;
  @LocalServerPort int port;
  RestClient api;

  @DynamicPropertySource
  static void roots(DynamicPropertyRegistry properties) {
    properties.add("sluice.exports.roots", () -> ROOT + "," + WITHOUT_FIFOS);
    properties.add("sluice.exports.store", () -> ROOT + ".store");
  }

  @BeforeEach
  void prepare() throws IOException {
    api = new RestClient(port);
    folder = Files.createTempDirectory(ROOT, "test");
  }

  @AfterEach
  void deleteExports() {
    registry.list().forEach(export -> registry.delete(export.name(), true));
  }

  /** A request for an export in this test's folder. */
  String spec(String name, String file) {
    return """
    {"name": "%s", "path": "%s", "direction": "write"}\
    """
        .formatted(name, folder.resolve(file));
  }

  Export create(String name, String file) {
    RestClient.Answer answer = api.post(spec(name, file));
    if (answer.status() != 201) {
      throw new AssertionError(answer);
    }
    return registry.find(name).orElseThrow();
  }

  private static Path folderOfKernel() {
    try (Stream<Path> modules = Files.list(Path.of("/sys/module"))) {
      List<Path> all = modules.sorted().toList();
      return all.get((int) (ProcessHandle.current().pid() % all.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("sluice-export").toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
