package dev.sluice.posix;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.PromptWaits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test that leaves a descriptor, native memory or a thread behind. */
public final class LeakCheck implements BeforeEachCallback, AfterEachCallback {

  /** What the name of every thread that a test starts begins with. */
  public static final String THREADS = "test-";

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  static {
    PromptWaits.use();
    // What Java itself opens at its first use, and keeps.
    try (ServerSocketChannel server = ServerSocketChannel.open();
        SocketChannel client =
            SocketChannel.open(
                server
                    .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .getLocalAddress())) {
      server.accept().close();
      client.configureBlocking(true);
      Files.delete(Files.createTempDirectory("leaks"));
    } catch (IOException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private Set<String> descriptors = Set.of();
  private long memory;

  @Override
  public void beforeEach(ExtensionContext context) {
    descriptors = descriptors().keySet();
    memory = NativeBuffer.bytesInUse();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    await("threads end").atMost(PATIENCE).until(() -> threads().isEmpty());
    await("descriptors are closed")
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              Map<String, String> left = descriptors();
              left.keySet().removeAll(descriptors);
              assertThat(left).isEmpty();
            });
    assertThat(NativeBuffer.bytesInUse()).as("native memory in use").isEqualTo(memory);
  }

  /** Descriptors of the kinds that Sluice opens, by what they stand for. */
  private static Map<String, String> descriptors() {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> numbers = Files.list(Path.of("/proc/self/fd"))) {
      for (Path number : numbers.toList()) {
        String target = target(number);
        if (isSluices(target)) {
          found.put(number.getFileName() + " " + target, target);
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return found;
  }

  private static boolean isSluices(String target) {
    return !target.endsWith(".jar") && !target.endsWith("/fd") && !target.startsWith("/dev/");
  }

  private static String target(Path number) {
    try {
      return Files.readSymbolicLink(number).toString();
    } catch (IOException e) {
      return "/fd"; // it was the listing's own
    }
  }

  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> name.startsWith(THREADS))
        .collect(toCollection(TreeSet::new));
  }
}
