package dev.sluice.cli.streaming;

import dev.sluice.cli.common.FailedException;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Signals;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The command of {@code --run}, which has this process's input, output and folder. */
final class CaptiveCommand {

  /** How long it may take to end after a signal. */
  private static final Duration END = Duration.ofSeconds(10);

  private final Process process;

  private CaptiveCommand(Process process) {
    this.process = process;
  }

  /** Starts a shell with a script. */
  static CaptiveCommand start(String script) {
    try {
      return new CaptiveCommand(new ProcessBuilder("/bin/sh", "-c", script).inheritIO().start());
    } catch (IOException e) {
      throw new FailedException("--run: %s".formatted(e.getMessage()), e);
    }
  }

  /**
   * Waits for its end; returns what the shell says: 128 and the signal's number if one killed it.
   */
  int await() throws InterruptedException {
    return process.waitFor();
  }

  /** Passes a signal on to all of it, and kills what has not ended in time. */
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
    // What a shell waits for would not hear of it otherwise. The shell comes first, so that it has
    // a trap to run when that ends.
    Stream<ProcessHandle> all = Stream.concat(Stream.of(process.toHandle()), process.descendants());
    all.toList()
        .forEach(
            each -> {
              try {
                signal.send(each.pid());
              } catch (ErrnoException e) {
                // It has ended.
              }
            });
  }
}
