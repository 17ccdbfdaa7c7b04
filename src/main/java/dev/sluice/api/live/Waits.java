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
 * The requests that wait for a state of an export. One thread looks after all of them, whenever an
 * export has changed, and none of the web server's is held. Thread-safe.
 */
@Component
public final class Waits implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Waits.class);

  /** Between two looks at whether clients are still there. */
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final ExportChanges changes;
  private final int limit;
  private final CallerLimit callers;
  private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Waits(ExportRegistry registry, LiveProperties properties) {
    changes = registry.changes();
    limit = properties.waitsPerToken();
    callers = new CallerLimit(limit);
    // A request's own thread would pass its low priority on, which this one may have from nobody.
    Thread.ofPlatform().daemon().name("export-waits").start(this::run);
  }

  private record Waiting(
      Export export,
      WaitFor what,
      long deadline,
      String caller,
      ClientLook client,
      Outcome outcome) {

    /** What becomes of it; null if the wait goes on. */
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
   * Answers the current request when something is so, or cannot be waited for any longer.
   *
   * @param what the query parameter waitFor
   * @param timeout that of this name
   * @param caller whose request it is
   * @param view what it is answered
   * @throws ProblemException when a parameter is wrong, or the caller has as many as it may have
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
    changes.note(); // so that the thread learns of it
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

  /** How many requests wait. */
  public int count() {
    return callers.count();
  }

  private void run() {
    long lookedAt = System.nanoTime();
    long seen = changes.count();
    try {
      while (!closed) {
        long now = System.nanoTime();
        boolean looks = now - lookedAt >= LOOK_NANOS;
        lookedAt = looks ? now : lookedAt;
        waiting.forEach(wait -> tell(wait, now, looks));
        seen = changes.await(seen, nextIn(now));
      }
    } catch (InterruptedException e) {
      // it is closed
    }
    waiting.forEach(Waits::tellOfTheEnd);
  }

  /** What fails for one of them is not to end the thread that all of them need. */
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
      wait.outcome().isNot("the client has gone"); // which makes Tomcat notice
      end(wait);
    }
  }

  private long nextIn(long now) {
    return waiting.stream()
        .mapToLong(wait -> Math.max(1, wait.deadline() - now))
        .reduce(LOOK_NANOS, Math::min);
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

  /** Has no request wait any more. */
  @Override
  public void close() {
    closed = true;
    changes.note();
  }
}
