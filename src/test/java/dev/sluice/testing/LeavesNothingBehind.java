package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.posix.NativeBuffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Sees to it that after a class of tests the shared service's process has no more descriptors,
 * threads or memory outside the heap than before it, and no endpoint.
 */
public final class LeavesNothingBehind implements BeforeAllCallback, AfterAllCallback {

  private static final Duration SETTLES_WITHIN = Duration.ofSeconds(15);

  /** Pools of the JDK, the web server and Netty, and the service's one timer once it is needed. */
  private static final List<String> NOT_OURS =
      List.of(
          "process reaper",
          "export-timer",
          "http-nio-",
          "HttpClient-",
          "ForkJoinPool",
          "VirtualThread-",
          "Common-Cleaner",
          "Cleaner-",
          "globalEventExecutor",
          "surefire-",
          "awaitility-",
          "Attach Listener");

  private record Inventory(List<String> descriptors, List<String> threads, long nativeBytes) {

    static Inventory take() {
      return new Inventory(openDescriptors(), liveThreads(), NativeBuffer.bytesInUse());
    }
  }

  private Inventory before;

  @Override
  public void beforeAll(ExtensionContext context) {
    OwnService.shared().api().delete("warm-up", false);
    before = Inventory.take();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    await()
        .atMost(SETTLES_WITHIN)
        .untilAsserted(
            () -> {
              Inventory now = Inventory.take();
              assertThat(without(now.descriptors(), before.descriptors())).isEmpty();
              assertThat(without(now.threads(), before.threads())).isEmpty();
              assertThat(now.nativeBytes()).isLessThanOrEqualTo(before.nativeBytes());
            });
    assertThat(OwnService.shared().root()).isEmptyDirectory();
  }

  private static List<String> without(List<String> now, List<String> before) {
    List<String> more = new ArrayList<>(now);
    before.forEach(more::remove);
    return more;
  }

  /** What each descriptor is for, without the numbers of pipes and sockets; no jars. */
  private static List<String> openDescriptors() {
    try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
      return links
          .map(LeavesNothingBehind::target)
          .filter(target -> !target.endsWith(".jar"))
          .map(target -> target.replaceFirst(":\\[\\d+]$", ""))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "closed meanwhile.jar";
    }
  }

  private static List<String> liveThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> NOT_OURS.stream().noneMatch(name::startsWith))
        .toList();
  }
}
