package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * An AOT cache (JEP 514), with which a service starts with a third of the work. The first process
 * that wants it makes it, after each new package.
 */
final class StartCache {

  private static final Path FILE = Path.of("target", "start.aot").toAbsolutePath();
  private static final Path LOCK = FILE.resolveSibling("start.aot.lock");
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private StartCache() {}

  /**
   * Where it is.
   *
   * @param jar what it is for
   * @param start starts the service, with options for the JVM before the jar to come
   */
  static synchronized Path of(Path jar, Command start) {
    // Several JVMs run tests, and a lock of the file is one for each of them.
    try (FileChannel channel =
            FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = channel.lock()) {
      if (Files.notExists(FILE)
          || Files.getLastModifiedTime(FILE).compareTo(Files.getLastModifiedTime(jar)) < 0) {
        make(jar, start);
      }
      return FILE;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The JVM writes the cache when it ends. */
  private static void make(Path jar, Command start) throws IOException {
    Path made = FILE.resolveSibling("start.aot.new");
    Path root = Workspace.newPath("root");
    Command training =
        start
            .with("-XX:AOTCacheOutput=" + made, "-jar", jar)
            .with((Object[]) SluiceProcess.settings(root));
    try (Command.Running service = training.start()) {
      await()
          .atMost(LIMIT)
          .until(() -> SluiceProcess.hasStarted(service.outputSoFar()) || !service.isAlive());
      service.terminate();
      assertThat(service.await(LIMIT).exitCode()).isEqualTo(128 + 15);
    }
    Files.move(made, FILE, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
