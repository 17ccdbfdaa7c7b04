package dev.sluice.export;

import dev.sluice.export.ExportException.Reason;
import dev.sluice.logging.LogContext;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.RefusedRequestException;
import dev.sluice.stream.StreamEndedException;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.bytes.ByteStream;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Finishes exports, each on a thread of its own. There is at most one thread for each export,
 * however many requests ask for it, and no request's thread is blocked meanwhile. Thread-safe.
 */
@Component
public final class Finishes implements AutoCloseable {

  private final Map<ByteStream, Finishing> running = new ConcurrentHashMap<>();

  /** Starts the threads. They would inherit a request thread's low priority otherwise. */
  private final ThreadPoolExecutor starter =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().daemon().name("thread-starter").factory());

  Finishes() {
    starter.prestartCoreThread();
  }

  /** The finishing of one export, under way or over. */
  public static final class Finishing {

    private final CompletableFuture<Void> waits = new CompletableFuture<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final Map<Long, CompletableFuture<Void>> callers = new ConcurrentHashMap<>();
    private final AtomicLong joined = new AtomicLong();

    /**
     * Returns a future that completes as soon as the finishing waits for something, or has ended.
     */
    public CompletableFuture<Void> waits() {
      return waits;
    }

    /**
     * Returns a new future that completes when the export is COMPLETED. It fails with an {@link
     * ExportException} if the export cannot be finished. A caller that completes or cancels it
     * earlier is forgotten.
     */
    public CompletableFuture<Void> end() {
      CompletableFuture<Void> caller = new CompletableFuture<>();
      long number = joined.incrementAndGet();
      callers.put(number, caller);
      caller.whenComplete((_, _) -> callers.remove(number));
      if (end.isDone()) {
        tell(caller);
      }
      return caller;
    }

    private void end(@Nullable Throwable failure) {
      if (failure == null) {
        end.complete(null);
      } else {
        end.completeExceptionally(failure);
      }
      callers.values().forEach(this::tell); // before waits() completes
      waits.complete(null);
    }

    private void tell(CompletableFuture<Void> caller) {
      end.whenComplete(
          (_, failure) -> {
            if (failure == null) {
              caller.complete(null);
            } else {
              caller.completeExceptionally(failure);
            }
          });
    }
  }

  /** Returns the number of finishings under way, each of which has a thread. */
  public int count() {
    return running.size();
  }

  /** Begins to finish an export, or joins the finishing that is under way. */
  public Finishing of(Export export, Assurances vouched) {
    return running.computeIfAbsent(export.stream(), _ -> start(export, vouched));
  }

  private Finishing start(Export export, Assurances vouched) {
    Finishing finishing = new Finishing();
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("finish-" + export.id()) // any user may see the id, but not the name
            .unstarted(() -> run(export, vouched, finishing));
    try {
      CompletableFuture.runAsync(thread::start, starter).join();
    } catch (CompletionException e) { // an OutOfMemoryError: there can be no more threads
      throw ExportException.because(Reason.UNAVAILABLE, "there can be no more threads");
    }
    return finishing;
  }

  /** Starts no more finishings. Those under way end with their streams. */
  @Override
  public void close() {
    starter.shutdownNow();
  }

  private void run(Export export, Assurances vouched, Finishing finishing) {
    @Nullable Throwable failure = null;
    try (LogContext _ = LogContext.of(export.name())) {
      export.stream().finish(vouched, () -> finishing.waits.complete(null));
    } catch (IOException e) {
      failure = refusal(export.name(), e);
    } catch (RuntimeException | Error e) {
      failure = e;
    } finally {
      running.remove(export.stream());
      finishing.end(failure);
    }
  }

  /** Returns the error for the callers; null if the export is COMPLETED anyway. */
  private static @Nullable ExportException refusal(String name, IOException e) {
    String message = String.valueOf(e.getMessage());
    if (e instanceof StreamEndedException ended && ended.state() == StreamState.COMPLETED) {
      return null;
    }
    return e instanceof StreamEndedException || e instanceof RefusedRequestException
        ? ExportException.wrongState("name", name, message)
        : ExportException.because(Reason.UNAVAILABLE, "it cannot be finished now: " + message);
  }
}
