package dev.sluice.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where the threads of a test wait in Linux: one whose stack says so may not be there yet. */
public final class NativeThreads {

  private NativeThreads() {}

  /** How many threads sleep in Linux while all of these methods are on their stacks. */
  public static int sleepingIn(String... methods) throws IOException {
    Set<String> sleeping = sleeping();
    int count = 0;
    for (Map.Entry<Thread, StackTraceElement[]> thread : Thread.getAllStackTraces().entrySet()) {
      List<String> stack =
          Arrays.stream(thread.getValue()).map(StackTraceElement::getMethodName).toList();
      if (sleeping.contains(thread.getKey().getName()) && stack.containsAll(List.of(methods))) {
        count++;
      }
    }
    return count;
  }

  /** The names of sleeping threads, of which Linux keeps 15 characters. */
  private static Set<String> sleeping() throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks
          .map(NativeThreads::stat)
          .filter(stat -> stat.contains(") S "))
          .map(stat -> stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')')))
          .collect(Collectors.toSet());
    }
  }

  private static String stat(Path task) {
    try {
      return Files.readString(task.resolve("stat"));
    } catch (IOException e) {
      return "(gone) X"; // the thread has ended
    }
  }
}
