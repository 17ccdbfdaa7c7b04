package dev.sluice.endpoint;

import dev.sluice.posix.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the threads of peers are doing. */
final class PeerThreads {

  private PeerThreads() {}

  /** Whether there is one that waits in open(2) for the other end of its FIFO. */
  static boolean waitInOpen() throws IOException {
    return Thread.getAllStackTraces().entrySet().stream()
            .filter(thread -> thread.getKey().getName().startsWith(LeakCheck.THREADS))
            .map(thread -> thread.getValue())
            .anyMatch(stack -> stack.length > 0 && stack[0].getMethodName().equals("open0"))
        && sleepInLinux();
  }

  private static boolean sleepInLinux() throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      for (Path task : tasks.toList()) {
        String stat = Files.readString(task.resolve("stat"));
        if (stat.contains("(" + LeakCheck.THREADS) && stat.contains(") S ")) {
          return true;
        }
      }
    }
    return false;
  }
}
