package dev.sluice.faults;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.Sluice;
import dev.sluice.testing.WriteTrial;
import java.util.List;

/** Streams by nbdcopy, while something else happens to the service. */
final class BothWays {

  private BothWays() {}

  /**
   * Streams a disk both ways, and sees that it stays what it is.
   *
   * @param query what is added to the export's URI
   * @return how many seconds nbdcopy took
   */
  static double stream(Sluice sluice, Disk disk, String query) {
    long nanos = 0;
    try (WriteTrial trial = WriteTrial.of(sluice, disk)) {
      String uri = trial.export().uris().getFirst() + query;
      nanos += time(Command.of("nbdcopy", disk.path(), uri));
      trial.assertComplete();
    }
    try (ReadTrial trial = ReadTrial.of(sluice, disk)) {
      String uri = trial.export().uris().getFirst() + query;
      nanos += time(Command.of("nbdcopy", uri, trial.copy()));
      trial.assertComplete();
    }
    return nanos / 1e9;
  }

  private static long time(Command command) {
    long begun = System.nanoTime();
    command.run().assertSucceeded();
    return System.nanoTime() - begun;
  }

  /** Lines of a log that are not about the exports of {@link #stream}. */
  static long linesOfOthers(String log) {
    return log.lines().filter(line -> !line.matches(".* \\[(write|read)-\\d+/.*")).count();
  }

  static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
