package dev.sluice.api.live;

import dev.sluice.access.http.ClientLook;
import dev.sluice.api.problem.ProblemException;
import dev.sluice.api.problem.ProblemType;
import dev.sluice.export.Export;
import dev.sluice.export.ExportChanges;
import dev.sluice.export.ExportRegistry;
import dev.sluice.stream.StreamStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.async.DeferredResult;

/**
 * Requests that wait for a state of an export. One thread checks all of them whenever an export has
 * changed, so that no thread of the web server is held. Thread-safe.
 */
@Component
public final class Waits implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Waits.class);

  /** Interval of checks whether clients are still connected. */
  private static final long CLIENT_CHECK_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final ExportChanges changes;
  private final int limit;
  private final CallerLimit callers;
  private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Waits(ExportRegistry registry, LiveProperties properties) {
    changes = registry.changes();
    limit = properties.waitsPerToken();
    callers = new CallerLimit(limit);
    // Not started by a request: its thread would pass its low priority on.
    Thread.ofPlatform().daemon().name("export-waits").start(this::run);
  }

  private record Waiting(
      Export export,
      WaitFor what,
      long deadline,
      String caller,
      ClientLook client,
      Outcome outcome) {

    /** Returns how to end the wait; null if it goes on. */
    @Nullable Runnable verdict(long now) {
      Optional<StreamStatus> status = export.statusNow();
      if (status.filter(what::isSo).isPresent()) {
        return outcome::isSo;
      }
      return now - deadline < 0
          ? null
          : () -> outcome.isNot(status.map(what::text).orElse(Export.BEING_WRITTEN));
    }
  }

  private record Outcome(DeferredResult<Object> answer, Supplier<?> view) {

    void isSo() {
      try {
        answer.setResult(view.get());
      } catch (RuntimeException e) {
        answer.setErrorResult(e);
      }
    }

    void isNot(String detail) {
      answer.setErrorResult(new ProblemException(ProblemType.NOT_IN_TIME, detail));
    }
  }

  /**
   * Responds to the current request when the condition is met, or its timeout has passed.
   *
   * @param what the query parameter waitFor
   * @param timeout the query parameter of this name; null for the default
   * @param caller who sent the request
   * @param view creates the body of the response
   * @throws ProblemException if a parameter is wrong, or the caller has reached its limit
   */
  public DeferredResult<Object> answer(
      Export export,
      @Nullable String what,
      @Nullable String timeout,
      String caller,
      Supplier<?> view) {
    WaitFor wanted = WaitFor.of(what, timeout);
    DeferredResult<Object> answer = new DeferredResult<>(0L);
    Waiting wait =
        new Waiting(
            export,
            wanted,
            System.nanoTime() + wanted.timeout().toNanos(),
            caller,
            look(),
            new Outcome(answer, view));
    if (!callers.take(caller)) {
      throw new ProblemException(
          ProblemType.TOO_MANY_REQUESTS,
          "%d requests of this token wait for exports, and sluice.live.waits-per-token permits no more"
              .formatted(limit));
    }
    waiting.add(wait);
    answer.onCompletion(() -> end(wait));
    changes.note(); // wakes the thread
    if (closed) {
      tellOfTheEnd(wait);
    }
    return answer;
  }

  private static ClientLook look() {
    try {
      return ClientLook.current();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the number of waiting requests. */
  public int count() {
    return callers.count();
  }

  private void run() {
    long lookedAt = System.nanoTime();
    long seen = changes.count();
    try {
      while (!closed) {
        long now = System.nanoTime();
        boolean looks = now - lookedAt >= CLIENT_CHECK_NANOS;
        lookedAt = looks ? now : lookedAt;
        waiting.forEach(wait -> tell(wait, now, looks));
        seen = changes.await(seen, nextIn(now));
      }
    } catch (InterruptedException e) {
      // closed
    }
    waiting.forEach(Waits::tellOfTheEnd);
  }

  /** Logs a failure of one request, so that it does not end the thread that all need. */
  private void tell(Waiting wait, long now, boolean looks) {
    try {
      tellIfOver(wait, now, looks);
    } catch (RuntimeException e) {
      log.warn("A request that waits for export {} gets no answer", wait.export().id(), e);
      end(wait);
    }
  }

  private void tellIfOver(Waiting wait, long now, boolean looks) {
    Runnable verdict = wait.verdict(now);
    if (verdict != null) {
      verdict.run();
      end(wait);
    } else if (looks && wait.client().hasGone()) {
      wait.outcome().isNot("the client has gone"); // makes Tomcat notice
      end(wait);
    }
  }

  private long nextIn(long now) {
    return waiting.stream()
        .mapToLong(wait -> Math.max(1, wait.deadline() - now))
        .reduce(CLIENT_CHECK_NANOS, Math::min);
  }

  private void end(Waiting wait) {
    if (waiting.remove(wait)) {
      callers.giveBack(wait.caller());
    }
  }

  private static void tellOfTheEnd(Waiting wait) {
    wait.outcome()
        .answer()
        .setErrorResult(new ProblemException(ProblemType.STOPPING, "the service is stopping"));
  }

  /** Ends all waits. Their requests get a problem. */
  @Override
  public void close() {
    closed = true;
    changes.note();
  }
}
