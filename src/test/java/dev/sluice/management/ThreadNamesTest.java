package dev.sluice.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What everybody on this machine can read of a service's threads. */
@Slow("Starts a service for most tests.")
@Timeout(60)
class ThreadNamesTest {

  private static final String NAME = "Secret";

  private static List<String> names() throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks.map(ThreadNamesTest::name).toList();
    }
  }

  private static String name(Path task) {
    try {
      return Files.readString(task.resolve("comm")).strip();
    } catch (IOException e) {
      return ""; // it has ended
    }
  }

  @Test
  void theyDoNotTellTheNameOfAnExport() throws Exception {
    try (OwnService sluice = OwnService.with(List.of())) {
      URI uri =
          sluice
              .api()
              .create(NAME, sluice.root().resolve("p"), "write", 512L, Map.of())
              .uris()
              .getFirst();
      try (RawNbdClient client =
          RawNbdClient.connect(new InetSocketAddress(uri.getHost(), uri.getPort()))) {
        client.go(NAME);
        await().until(() -> names().stream().anyMatch(name -> name.startsWith("nbd-session")));
        assertThat(names()).noneMatch(name -> name.contains(NAME));
        client.write(0, new byte[512]);
      }
      sluice.api().await(NAME, export -> export.clients() == 0);
      CompletableFuture<?> finish = CompletableFuture.runAsync(() -> sluice.api().finish(NAME, ""));
      await().until(() -> names().stream().anyMatch(name -> name.startsWith("finish-")));
      assertThat(names()).noneMatch(name -> name.contains(NAME));
      Files.readAllBytes(sluice.root().resolve("p"));
      finish.join();
    }
  }
}
