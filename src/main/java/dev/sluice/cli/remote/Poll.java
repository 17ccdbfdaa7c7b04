package dev.sluice.cli.remote;

import dev.sluice.cli.remote.http.ServiceException;
import java.time.Duration;
import java.util.function.Supplier;

/** Asks a service again and again, and bears with one that does not answer for a while. */
final class Poll {

  /** How often, if nobody has said so. */
  static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Duration interval;
  private final Duration patience;

  private boolean answered;
  private long lastAnswer;

  /**
   * Nobody has been asked.
   *
   * @param patience how long there may be no answer after one
   */
  Poll(Duration interval, Duration patience) {
    this.interval = interval;
    this.patience = patience;
  }

  /**
   * Sends a request, and sends it again if that may help.
   *
   * @throws ServiceException when it has been refused, or there was no answer for too long
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

  /** Takes note that there was an answer, to whatever request. */
  void noteAnswer() {
    answered = true;
    lastAnswer = System.nanoTime();
  }

  /** Waits until it is time for the next request. */
  void pause() throws InterruptedException {
    Thread.sleep(interval);
  }
}
