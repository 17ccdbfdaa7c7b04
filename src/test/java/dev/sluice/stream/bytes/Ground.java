package dev.sluice.stream.bytes;

import static dev.sluice.testing.FilePaths.all;

import dev.sluice.endpoint.EndpointFactory;
import dev.sluice.endpoint.EndpointRoots;
import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.bytes.Rig.Near;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a rig stands on: a folder, where clients connect, threads and a timer. Rigs may use the same
 * one after the other, so that thousands of them take little time; not at the same time.
 */
final class Ground implements AutoCloseable {

  private final Path folder;
  private final EndpointRoots roots;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().daemon().name(LeakCheck.THREADS, 0).factory());
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().daemon().name(LeakCheck.THREADS + "timer").factory());
  private @Nullable Front unix;
  private @Nullable Front tcp;
  private int rigs;

  Ground() throws IOException {
    folder = Files.createTempDirectory("rig");
    roots = EndpointRoots.open(all(folder));
    timer.setRemoveOnCancelPolicy(true);
  }

  EndpointFactory endpoints() {
    return new EndpointFactory(roots, 0600, null);
  }

  /** Where nothing is yet. */
  Path freshPath() {
    return folder.resolve("endpoint" + rigs++);
  }

  ExecutorService threads() {
    return threads;
  }

  ScheduledThreadPoolExecutor timer() {
    return timer;
  }

  Front front(Near near) throws IOException {
    return switch (near) {
      case UNIX -> unix = unix == null ? Front.Unix.at(folder.resolve("front")) : unix;
      case TCP -> tcp = tcp == null ? Front.Tcp.open() : tcp;
    };
  }

  @Override
  public void close() throws IOException, InterruptedException {
    threads.shutdown();
    timer.shutdownNow();
    if (unix != null) {
      unix.close();
    }
    if (tcp != null) {
      tcp.close();
    }
    if (!threads.awaitTermination(10, TimeUnit.SECONDS)) {
      threads.shutdownNow();
      throw new AssertionError("threads go on after the end of the stream");
    }
    roots.close();
    Files.delete(folder);
  }
}
