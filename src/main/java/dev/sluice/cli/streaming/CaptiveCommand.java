package dev.sluice.cli.streaming;

import dev.sluice.cli.common.FailedException;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Signals;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The command of {@code --run}. It inherits this process's input, output and folder. */
final class CaptiveCommand {

  /** How long it may take to end after a signal before it is killed. */
  private static final Duration END = Duration.ofSeconds(10);

  private final Process process;

  private CaptiveCommand(Process process) {
    this.process = process;
  }

  /** Starts a shell that runs a script. */
  static CaptiveCommand start(String script) {
    try {
      return new CaptiveCommand(new ProcessBuilder("/bin/sh", "-c", script).inheritIO().start());
    } catch (IOException e) {
      throw new FailedException("--run: %s".formatted(e.getMessage()), e);
    }
  }

  /**
   * Waits for its end, and returns its exit code: 128 plus the signal's number if a signal killed
   * it.
   */
  int await() throws InterruptedException {
    return process.waitFor();
  }

  /** Sends a signal to all of its processes, and kills those that have not ended in time. */
  void pass(Signals signal) {
    sendToAll(signal);
    try {
      if (!process.waitFor(END.toMillis(), TimeUnit.MILLISECONDS)) {
        sendToAll(Signals.KILL);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void sendToAll(Signals signal) {
    // A shell does not pass signals on to the programs that it runs. The shell comes first, so that
    // its traps run when those programs end.
    Stream<ProcessHandle> all = Stream.concat(Stream.of(process.toHandle()), process.descendants());
    all.toList()
        .forEach(
            each -> {
              try {
                signal.send(each.pid());
              } catch (ErrnoException e) {
                // It has ended already.
              }
            });
  }
}
