package dev.sluice.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ThreadPriorityTest {

  private static int nice() {
    try {
      String stat = Files.readString(Path.of("/proc/thread-self/stat"));
      // The name, in brackets, is the second field; the nice value is the nineteenth.
      return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static int niceAfter(int calls) {
    CompletableFuture<Integer> nice = new CompletableFuture<>();
    Thread.ofPlatform()
        .start(
            () -> {
              for (int i = 0; i < calls; i++) {
                ThreadPriority.lower();
              }
              nice.complete(nice());
            });
    return nice.join();
  }

  @Test
  void aThreadIsLoweredOnceAndOthersAreNot() {
    int before = nice();
    int lowered = Math.max(before, 10);

    assertThat(niceAfter(1)).isEqualTo(lowered);
    assertThat(niceAfter(3)).isEqualTo(lowered);
    assertThat(nice()).isEqualTo(before);
  }
}
