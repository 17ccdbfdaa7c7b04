package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Scrape;
import dev.sluice.testing.SluiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a service's process has, once everything that is garbage has been given back.
 *
 * @param heap bytes of live objects
 * @param direct bytes of direct buffers
 * @param windows bytes of the windows
 * @param resident bytes of all its memory
 */
record Level(int descriptors, int threads, long heap, long direct, long windows, long resident) {

  private static final Path JCMD = Path.of(System.getProperty("java.home"), "bin", "jcmd");
  private static final int MIB = 1 << 20;

  static Level of(SluiceProcess sluice) {
    long pid = sluice.process().pid();
    long heap = liveBytes(pid);
    Command.of(JCMD, pid, "System.trim_native_heap").run().assertSucceeded();
    Scrape scrape = sluice.api().scrape();
    return new Level(
        sluice.descriptors(),
        Path.of("/proc/" + pid + "/task").toFile().list().length,
        heap,
        (long) scrape.sum("jvm_buffer_memory_used_bytes", "id", "direct"),
        (long) scrape.sum("sluice_window_memory_bytes"),
        resident(pid));
  }

  /**
   * What is left by a collection; what has been used since would be some MiB more, or less. One
   * before it finds what has to be finalized or cleaned first.
   */
  private static long liveBytes(long pid) {
    Command.of(JCMD, pid, "GC.run").run().assertSucceeded();
    Command.of(JCMD, pid, "GC.run_finalization").run().assertSucceeded();
    String histogram = Command.of(JCMD, pid, "GC.class_histogram").run().assertSucceeded().output();
    String total = histogram.lines().filter(line -> line.startsWith("Total ")).findFirst().get();
    return Long.parseLong(total.split(" +")[2]);
  }

  private static long resident(long pid) {
    try {
      String pages = Files.readString(Path.of("/proc/" + pid + "/statm")).split(" ")[1];
      return Long.parseLong(pages) * 4096;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * It is no higher than another one, but for what 10,000 connections would exceed by far if each
   * left a thing of its kind behind; the process as a whole has compiled code besides.
   */
  void assertNotAbove(Level before) {
    assertThat(descriptors).as("descriptors").isLessThanOrEqualTo(before.descriptors);
    assertThat(threads).as("threads").isLessThanOrEqualTo(before.threads + 2);
    assertThat(heap).as("heap").isLessThanOrEqualTo(before.heap + 4 * MIB);
    assertThat(direct).as("direct memory").isLessThanOrEqualTo(before.direct + 64 * 1024);
    assertThat(windows).as("window memory").isLessThanOrEqualTo(before.windows);
    assertThat(resident).as("resident memory").isLessThanOrEqualTo(before.resident + 64 * MIB);
  }
}
