package dev.sluice.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Where the threads of a test wait in Linux: one whose stack says so may not be there yet. */
public final class NativeThreads {

  private NativeThreads() {}

  /** How many threads wait in a system call while all of these methods are on their stacks. */
  public static int waitingIn(String... methods) throws IOException {
    int count = 0;
    for (Map.Entry<Thread, StackTraceElement[]> thread : Thread.getAllStackTraces().entrySet()) {
      List<String> stack =
          Arrays.stream(thread.getValue()).map(StackTraceElement::getMethodName).toList();
      if (stack.containsAll(List.of(methods)) && waits(thread.getKey().getName())) {
        count++;
      }
    }
    return count;
  }

  private static boolean waits(String name) throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks
          .filter(task -> read(task.resolve("comm")).equals(name))
          .map(task -> read(task.resolve("syscall")))
          .anyMatch(call -> !call.isEmpty() && !call.startsWith("running") && !isJavas(call));
    }
  }

  /** Whether it is a futex(2), in which a thread waits that Java has stopped for a moment. */
  private static boolean isJavas(String call) {
    return call.startsWith("aarch64".equals(System.getProperty("os.arch")) ? "98 " : "202 ");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return ""; // the thread has ended
    }
  }
}
