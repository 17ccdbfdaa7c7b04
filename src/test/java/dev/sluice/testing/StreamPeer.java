package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The program at the far end of an endpoint, on a thread of its own. It can be told to stand still
 * once it has moved so many bytes, and to die.
 */
public abstract sealed class StreamPeer implements AutoCloseable permits ReadingPeer, FeedingPeer {

  static final int BUFFER_BYTES = 256 * 1024;

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration PAUSES_WITHIN = Duration.ofSeconds(20);

  /** How the peer gets to its end. */
  interface Way<C extends Channel> extends Closeable {

    /** Waits for the other side. */
    C open() throws IOException;

    /** Makes a blocked {@link #open} return. */
    void giveUp() throws IOException;
  }

  private static final Duration A_MOMENT = Duration.ofMillis(20);

  private final Way<?> way;
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private Thread thread;
  private Channel channel;
  private boolean dead;
  private long limit = Long.MAX_VALUE;
  private long count;

  StreamPeer(Way<?> way) {
    this.way = way;
  }

  /** Moves bytes until there are no more. */
  abstract void run() throws IOException, InterruptedException;

  final void start() {
    thread = Thread.ofPlatform().daemon().name("peer").start(this::runToTheEnd);
  }

  private void runToTheEnd() {
    try {
      run();
      end.complete(null);
    } catch (IOException | RuntimeException | InterruptedException e) {
      end.completeExceptionally(e);
    }
  }

  /** The open end. */
  final <C extends Channel> C opened(Way<C> from) throws IOException {
    C open = from.open();
    synchronized (this) {
      channel = open;
      notifyAll();
      if (dead) {
        open.close();
      }
    }
    return open;
  }

  /** How many of so many bytes may be moved now; waits while it is none. */
  final synchronized int allowance(int wanted) throws InterruptedException {
    while (count >= limit) {
      wait();
    }
    return (int) Math.min(wanted, limit - count);
  }

  final synchronized void moved(int bytes) {
    count += bytes;
    notifyAll();
  }

  /** The bytes that it has read or written. */
  public final synchronized long count() {
    return count;
  }

  /** Whether it has opened its end. */
  public final synchronized boolean isOpen() {
    return channel != null;
  }

  /** Whether it has seen the end of its input or closed its output, or has failed to. */
  public final boolean hasEnded() {
    return end.isDone();
  }

  /** Lets it move so many bytes in all and no more. */
  public final synchronized void pauseAt(long bytes) {
    limit = bytes;
    notifyAll();
  }

  /** Waits until it stands still where it was told to. */
  public final void awaitPause() {
    long pause = limit();
    await()
        .atMost(PAUSES_WITHIN)
        .untilAsserted(() -> assertThat(count()).as("bytes that the peer moved").isEqualTo(pause));
  }

  private synchronized long limit() {
    return limit;
  }

  /** Lets it move everything. */
  public final void goOn() {
    pauseAt(Long.MAX_VALUE);
  }

  /** Waits for an orderly end. */
  public final void awaitEnd() {
    try {
      end.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("the peer failed after %d bytes".formatted(count()), e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("no end at the peer after %d bytes".formatted(count()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Closes its end at once, whatever it is doing. */
  public final void die() {
    synchronized (this) {
      dead = true;
    }
    thread.interrupt(); // which closes a channel that it is blocked in
    try (way) {
      long begun = System.nanoTime();
      while (!thread.join(A_MOMENT) && System.nanoTime() - begun < LIMIT.toNanos()) {
        if (!isOpen()) {
          way.giveUp();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public final void close() {
    die();
  }
}
