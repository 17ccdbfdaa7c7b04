package dev.sluice.cli.remote;

import dev.sluice.cli.common.ExitCode;
import dev.sluice.cli.common.FailedException;
import dev.sluice.cli.remote.http.ServiceException;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Transfers a stream's data on a thread of its own. Only the service knows whether all of it has
 * arrived, so the export is polled meanwhile.
 */
final class Transfer {

  private final CompletableFuture<Void> end = new CompletableFuture<>();

  /** When it failed, by {@link System#nanoTime}. */
  private volatile long failedAt;

  private Transfer() {}

  /** Moves the data. */
  interface Task {
    void run() throws IOException, InterruptedException;
  }

  /** Starts a transfer. */
  static Transfer start(Task task) {
    Transfer transfer = new Transfer();
    Thread.ofPlatform().daemon().name("data").start(() -> transfer.run(task));
    return transfer;
  }

  private void run(Task task) {
    try {
      task.run();
      end.complete(null);
    } catch (Exception | Error e) {
      failedAt = System.nanoTime();
      end.completeExceptionally(e);
    }
  }

  /**
   * Fails if the transfer has failed for a reason that the export's end will not show. A broken
   * connection counts only if the export goes on for too long after it.
   *
   * @param patience how long the export may go on after a broken connection
   */
  void requireNoFailure(Duration patience) {
    Throwable failure = end.isCompletedExceptionally() ? end.exceptionNow() : null;
    if (failure == null) {
      return;
    }
    FailedException own = own(failure);
    if (own != null) {
      throw own;
    }
    if (System.nanoTime() - failedAt > patience.toNanos()) {
      throw broken(failure);
    }
  }

  /** Waits for its end, when the export is COMPLETED. Fails if the transfer has failed. */
  void await(Duration limit) throws InterruptedException {
    try {
      end.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable failure = Objects.requireNonNullElse(e.getCause(), e);
      FailedException own = own(failure);
      throw own == null ? broken(failure) : own;
    } catch (TimeoutException e) {
      throw new FailedException("the data has not arrived, though the export is COMPLETED", e);
    }
  }

  /** Returns the failure if it was local or a refusal; null if the connection has broken. */
  private static @Nullable FailedException own(Throwable failure) {
    return Stream.iterate(failure, each -> each != null, Throwable::getCause)
        .filter(FailedException.class::isInstance)
        .map(FailedException.class::cast)
        .filter(each -> !(each instanceof ServiceException service && service.isPassing()))
        .findFirst()
        .orElse(null);
  }

  private static FailedException broken(Throwable failure) {
    String why = failure instanceof IOException ? failure.getMessage() : failure.toString();
    return new FailedException(
        ExitCode.UNREACHABLE, "the connection for the data has broken: " + why, failure);
  }
}
