package dev.sluice.cli.remote;

import dev.sluice.cli.remote.http.ServiceException;
import java.time.Duration;
import java.util.function.Supplier;

/** Polls a service, and tolerates failures for a while. */
final class Poll {

  /** The default interval. */
  static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Duration interval;
  private final Duration patience;

  private boolean answered;
  private long lastAnswer;

  /**
   * Creates a poll.
   *
   * @param interval the time between two requests
   * @param patience how long requests may fail after one was answered
   */
  Poll(Duration interval, Duration patience) {
    this.interval = interval;
    this.patience = patience;
  }

  /**
   * Sends a request. Repeats it if that may help.
   *
   * @throws ServiceException when it is refused, no request was answered before, or there was no
   *     answer for too long
   */
  <T> T ask(Supplier<T> request) throws InterruptedException {
    while (true) {
      try {
        T answer = request.get();
        noteAnswer();
        return answer;
      } catch (ServiceException e) {
        boolean lost = System.nanoTime() - lastAnswer >= patience.toNanos();
        if (!answered || lost || !e.isPassing()) {
          throw e;
        }
        pause();
      }
    }
  }

  /** Notes that a request was answered. */
  void noteAnswer() {
    answered = true;
    lastAnswer = System.nanoTime();
  }

  /** Waits for the interval. */
  void pause() throws InterruptedException {
    Thread.sleep(interval);
  }
}
