package dev.sluice.access.http;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Serves requests of strangers two at a time: those without a token where one is needed, and those
 * from an address that is refused for its wrong tokens. In a flood of them, all of Tomcat's threads
 * would compete for the processors with the few that move streams. A turn is short, unless the
 * client does not read its response; a request that has waited for too long goes on without a turn.
 * Each one that waits holds a thread, so only a few may; more are told to come later.
 */
public final class StrangersValve extends ValveBase {

  private static final int AT_A_TIME = 2;

  /** A small part of Tomcat's threads. */
  private static final int MAX_WAITING = 32;

  private final Predicate<Request> stranger;
  private final Duration patience;
  private final Semaphore turns = new Semaphore(AT_A_TIME, true);
  private final Semaphore waiting = new Semaphore(MAX_WAITING);

  /**
   * Creates a valve.
   *
   * @param stranger whether a request is a stranger's
   * @param patience how long a request waits for its turn
   */
  public StrangersValve(Predicate<Request> stranger, Duration patience) {
    super(true); // an asynchronous request is not in here while it waits
    this.stranger = stranger;
    this.patience = patience;
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    if (request.isAsyncDispatching() || !stranger.test(request)) {
      getNext().invoke(request, response);
      return;
    }
    if (!waiting.tryAcquire()) {
      response.setHeader("Connection", "close");
      response.setHeader("Retry-After", "1");
      response.sendError(
          HttpServletResponse.SC_SERVICE_UNAVAILABLE,
          "many requests without a valid token are waiting; try again later");
      return;
    }
    boolean turn = awaitTurn();
    waiting.release();
    try {
      getNext().invoke(request, response);
    } finally {
      if (turn) {
        turns.release();
      }
    }
  }

  private boolean awaitTurn() {
    try {
      return turns.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
