package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Sha256;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/** A client or a peer that is a process of its own and moves bytes as it is told, by side.py. */
final class ScriptedSide implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final long start;
  private final Command.Running process;
  private int told = 1;

  /** What it said: a word, how far it has come, and the digest of what it moved. */
  record Report(String word, long position, String sha256, String line) {

    static Report of(String line) {
      String[] words = line.split(" ");
      return new Report(words[0], Long.parseLong(words[1]), words[2], line);
    }

    boolean isFailure() {
      return word.equals("failed");
    }
  }

  /**
   * Starts one.
   *
   * @param kind what it is, see side.py
   * @param start where in the disk it begins
   * @param where what makes the command run elsewhere
   */
  ScriptedSide(String kind, long start, UnaryOperator<Command> where, Object... arguments) {
    this.start = start;
    process =
        where
            .apply(Command.python(ScriptedSide.class, "side.py", kind).with(arguments))
            .told()
            .start();
    awaitReports(1);
  }

  Command.Running process() {
    return process;
  }

  /** Tells it the next step, which begins when those before have ended. */
  void tell(String step) {
    told++;
    process.tell(step);
  }

  /** Tells it to come so far. */
  void tellTo(long position) {
    tell("to " + position);
  }

  /** Waits until it has done all that it was told, or has failed. */
  Report awaitReport() {
    return awaitReports(told);
  }

  /** Waits until it has done all that it was told. */
  Report awaitDone() {
    Report report = awaitReport();
    assertThat(report.isFailure()).as("failure of %s", report).isFalse();
    return report;
  }

  /** Waits until it has failed at what it was told. */
  Report awaitFailure() {
    Report report = awaitReport();
    assertThat(report.isFailure()).as("failure of %s", report).isTrue();
    return report;
  }

  /** What it said last. */
  Report last() {
    return reports().getLast();
  }

  private Report awaitReports(int count) {
    await("a report of %s after %s".formatted(process.pid(), process.outputSoFar()))
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> reports().size() >= count || hasFailed() || !process.isAlive());
    assertThat(reports().size() >= count || hasFailed()).as("reports: %s", reports()).isTrue();
    return last();
  }

  private boolean hasFailed() {
    return reports().stream().anyMatch(Report::isFailure);
  }

  private List<Report> reports() {
    String output = process.outputSoFar();
    return output.substring(0, output.lastIndexOf('\n') + 1).lines().map(Report::of).toList();
  }

  /** Whether it has done all that it was told, or has failed. */
  boolean hasReported() {
    return reports().size() >= told || hasFailed();
  }

  /** What it moved is what the disk has there. */
  void assertMoved(Disk disk) {
    Report report = last();
    assertThat(report.sha256())
        .as("digest of what was moved from %d on; %s", start, report)
        .isEqualTo(Sha256.of(disk.path(), start, report.position() - start));
  }

  void kill() {
    process.kill();
    process.await();
  }

  @Override
  public void close() {
    process.close();
  }
}
