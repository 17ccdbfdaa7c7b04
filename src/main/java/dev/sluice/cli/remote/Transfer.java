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
 * A stream's data on its way, on a thread of its own: whether it has all got there is the service's
 * to say, and that is asked meanwhile.
 */
final class Transfer {

  private final CompletableFuture<Void> end = new CompletableFuture<>();

  /** When it failed, by the clock that only goes on. */
  private volatile long failedAt;

  private Transfer() {}

  /** What moves the data. */
  interface Task {
    void run() throws IOException, InterruptedException;
  }

  /** Begins. */
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
   * Throws if it has failed in a way that tells more than the export's end will. A connection that
   * has broken does not, unless the export goes on nevertheless.
   *
   * @param patience how long the export may go on after that
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

  /** Waits until it has ended, where the export has. */
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

  /** What went wrong here, or was refused; null for a connection that has broken. */
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
