package dev.sluice.cluster.connection;

import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket that sends pings, and fails when they are no longer answered. A listener alone would
 * never notice a lost connection. If a server has never answered a ping, that is not a failure.
 * Thread-safe.
 */
final class PingedSocket implements WebSocket, WebSocket.Listener {

  /** How many pings are sent within the permitted silence. */
  private static final int PINGS = 4;

  private final Listener listener;
  private final ScheduledExecutorService timer;
  private final Duration silence;

  /**
   * How many messages the listener has requested. With none, nothing is read, and pongs cannot
   * arrive.
   */
  private final AtomicLong wanted = new AtomicLong();

  private final AtomicBoolean over = new AtomicBoolean();
  private volatile long heardAt;
  private volatile boolean answers;
  private volatile @Nullable WebSocket socket;
  private volatile @Nullable ScheduledFuture<?> pings;

  /**
   * Creates one that is not open yet.
   *
   * @param silence how long it may stay without a message or a pong
   */
  PingedSocket(Listener listener, ScheduledExecutorService timer, Duration silence) {
    this.listener = listener;
    this.timer = timer;
    this.silence = silence;
  }

  private WebSocket socket() {
    WebSocket open = socket;
    if (open == null) {
      throw new IllegalStateException("it is not open yet");
    }
    return open;
  }

  @Override
  public void onOpen(WebSocket opened) {
    socket = opened;
    heardAt = System.nanoTime();
    listener.onOpen(this);
    long between = silence.toNanos() / PINGS;
    pings = timer.scheduleWithFixedDelay(this::ask, 0, between, TimeUnit.NANOSECONDS);
  }

  private void ask() {
    if (over.get() || wanted.get() <= 0) {
      return;
    }
    if (answers && System.nanoTime() - heardAt >= silence.toNanos()) {
      if (end()) {
        socket().abort();
        listener.onError(
            this, new IOException("there was no sign of life for %s".formatted(silence)));
      }
    } else {
      // While one is under way this does nothing; nor does it where the server has closed its end.
      CompletableFuture<WebSocket> _ = socket().sendPing(ByteBuffer.allocate(0));
    }
  }

  /** Marks it as ended. Returns false if it was already. */
  private boolean end() {
    ScheduledFuture<?> asking = pings;
    if (asking != null) {
      asking.cancel(false);
    }
    return !over.getAndSet(true);
  }

  @Override
  public @Nullable CompletionStage<?> onPong(WebSocket opened, ByteBuffer message) {
    heardAt = System.nanoTime();
    answers = true;
    opened.request(1); // in place of the one that this was taken for
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onPing(WebSocket opened, ByteBuffer message) {
    heardAt = System.nanoTime();
    opened.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket opened, CharSequence data, boolean last) {
    hear();
    return listener.onText(this, data, last);
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket opened, ByteBuffer data, boolean last) {
    hear();
    return listener.onBinary(this, data, last);
  }

  private void hear() {
    heardAt = System.nanoTime();
    wanted.decrementAndGet();
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket opened, int status, String reason) {
    return end() ? listener.onClose(this, status, reason) : null;
  }

  @Override
  public void onError(WebSocket opened, Throwable error) {
    if (end()) {
      listener.onError(this, error);
    }
  }

  @Override
  public void request(long messages) {
    if (wanted.getAndAdd(messages) <= 0) {
      heardAt = System.nanoTime(); // nobody has listened until now
    }
    socket().request(messages);
  }

  @Override
  public CompletableFuture<WebSocket> sendText(CharSequence data, boolean last) {
    return socket().sendText(data, last).thenApply(_ -> this);
  }

  @Override
  public CompletableFuture<WebSocket> sendBinary(ByteBuffer data, boolean last) {
    return socket().sendBinary(data, last).thenApply(_ -> this);
  }

  @Override
  public CompletableFuture<WebSocket> sendPing(ByteBuffer message) {
    return socket().sendPing(message).thenApply(_ -> this);
  }

  @Override
  public CompletableFuture<WebSocket> sendPong(ByteBuffer message) {
    return socket().sendPong(message).thenApply(_ -> this);
  }

  @Override
  public CompletableFuture<WebSocket> sendClose(int status, String reason) {
    return socket().sendClose(status, reason).thenApply(_ -> this);
  }

  @Override
  public String getSubprotocol() {
    return socket().getSubprotocol();
  }

  @Override
  public boolean isOutputClosed() {
    return socket().isOutputClosed();
  }

  @Override
  public boolean isInputClosed() {
    return socket().isInputClosed();
  }

  @Override
  public void abort() {
    end();
    socket().abort();
  }
}
