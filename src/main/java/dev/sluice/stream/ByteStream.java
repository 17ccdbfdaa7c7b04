package dev.sluice.stream;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.posix.ErrnoException;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One export's stream of bytes. Any number of clients may be attached, each with a thread of its
 * own; their requests are served one at a time, in the order of arrival.
 *
 * <p>Who owns what: the {@link RequestLock} guards the endpoint, the window and everything else
 * that moves bytes, and is held for the whole of a request, waits included, except for those for
 * window memory. The {@link Lifecycle} guards the state. Whoever ends a stream from outside first
 * changes the state, which wakes the holder of the lock, and then takes the lock to close the
 * endpoint.
 */
public abstract sealed class ByteStream permits WriteStream, ReadStream {

  private final RequestLock lock = new RequestLock(this);
  private final CurrentWait waits = new CurrentWait(this);
  private final WindowReserve memory;
  private final Lifecycle lifecycle = new Lifecycle();
  private final Progress progress;
  private final Clocks clocks;
  private final IdleClients idleClients = new IdleClients(this);
  private final Absence absence;
  private final SinglePeer peer;
  private final StreamListener listener;
  private final StreamObserver observer;

  /** Changed under the lifecycle's monitor: the size only before the first client came. */
  volatile StreamSettings settings;

  ByteStream(Endpoint endpoint, StreamSettings settings, StreamContext context) {
    this.settings = settings;
    this.memory = new WindowReserve(this, context.memory());
    this.listener = context.listener();
    this.observer = context.observer();
    this.progress = new Progress(settings, this::moved);
    this.clocks = new Clocks(this, settings.timeouts(), context.timer());
    this.absence = new Absence(this, clocks);
    this.peer = new SinglePeer(this, endpoint, clocks);
  }

  /** Which way the bytes go. */
  public abstract Direction direction();

  /** The size that clients see, in bytes. */
  public final long advertisedSize() {
    return settings.advertisedSize();
  }

  public final StreamSettings settings() {
    return settings;
  }

  /** The stream as it is now. */
  public final StreamStatus status() {
    return lifecycle.status(progress::position, progress::digest, waits::waitingFor);
  }

  /** How long no byte has moved, in milliseconds. */
  public final long standingStillMillis() {
    return progress.standingStillMillis();
  }

  /** Begins its lifetime; to be called once. */
  public final void start() {
    clocks.startLifetime();
  }

  /** Changes the rate limit, or the size before the first client came; false: it is too late. */
  public final boolean change(UnaryOperator<StreamSettings> change) {
    synchronized (lifecycle) {
      StreamSettings changed = change.apply(settings);
      boolean resized = !changed.size().equals(settings.size());
      boolean seen = lifecycle.isTouched() || lifecycle.isFinishing();
      if (lifecycle.state().ended() || (resized && seen)) {
        return false;
      }
      settings = changed;
      progress.limitRate(changed.rateLimit());
      return true;
    }
  }

  /**
   * Takes in one more client; {@link #leave} or {@link #detach} lets it go.
   *
   * @throws StreamEndedException when there is nothing left to serve
   */
  public final void attach() throws StreamEndedException, ErrnoException {
    if (!lifecycle.attach()) {
      throw lifecycle.ended();
    }
  }

  /** Lets a client go that never got as far as a request. */
  public final void detach() {
    absence.begin("the client left", "", null);
  }

  /** Serves a read. See {@link RefusedRequestException} for what cannot be served. */
  public final void read(Client client, long offset, long length, ReadReply reply)
      throws IOException {
    lock.take(client, () -> doRead(client, offset, length, reply));
  }

  /** Serves a write, whose payload is with the client; what it leaves there is to be discarded. */
  public final void write(Client client, long offset, long length) throws IOException {
    lock.takeForWrite(client, offset + length, () -> doWrite(client, offset, length));
  }

  /** Serves a write of zeroes. */
  public final void writeZeroes(Client client, long offset, long length) throws IOException {
    lock.takeForWrite(client, offset + length, () -> doWriteZeroes(client, offset, length));
  }

  /** Serves a trim, which is advice: nothing changes by it. */
  public final void trim(Client client, long offset, long length) throws IOException {
    lock.take(client, () -> doTrim(client, offset, length));
  }

  /** Serves a flush. What has no gap before it is with the peer already, and no gap is filled. */
  public final void flush(Client client) throws IOException {
    lock.take(client, () -> doFlush(client));
  }

  /** Tells what has become of a range, from its start on, in so many extents at most. */
  public final List<StreamExtent> map(Client client, long offset, long length, int most)
      throws IOException {
    ExtentList extents = new ExtentList(most);
    lock.take(client, () -> doMap(offset, offset + length, extents));
    return extents.asList();
  }

  /** A client leaves; the stream may be complete by that, or interrupted. Never throws. */
  public final void leave(Client client, Goodbye goodbye) {
    new Leave(this, goodbye).run(client);
  }

  /** See {@link Finish}, which this does at once. */
  public final void finish(Assurances vouched) throws IOException {
    new Finish(this, vouched).run(() -> {});
  }

  /** Whether it is being finished and its peer is there to take, or give, the rest. */
  public final boolean isFinishingWithPeer() {
    return lifecycle.isFinishing() && hasPeer();
  }

  /** A client is turned away, since there are as many as there may be. */
  public final void makeRoom() {
    idleClients.makeRoom();
  }

  // Ends.

  /**
   * Lets no client attach any more, before {@link #cancel}.
   *
   * @return false, and nothing has changed, when a client is attached
   */
  public final boolean retire() {
    return lifecycle.retire();
  }

  /** Ends the stream as CANCELLED, now; clients are woken and the endpoint is closed. */
  public final void cancel() {
    end(StreamState.CANCELLED, "cancelled on request at position " + position());
  }

  /** Ends the stream as FAILED, now; clients are woken and the endpoint is closed. */
  public final void fail(String reason) {
    end(StreamState.FAILED, "%s at position %d".formatted(reason, position()));
  }

  /** The stream is whole. In the lock; nothing can be lost any more. */
  final void complete() throws IOException {
    peer.require();
    release();
    progress.end();
    if (!end(StreamState.COMPLETED, null)) {
      throw lifecycle.ended();
    }
  }

  /** When this returns, the endpoint is closed, whoever ended the stream. */
  private boolean end(StreamState state, @Nullable String failure) {
    boolean first = lifecycle.end(state, failure);
    if (state == StreamState.CANCELLED) {
      lifecycle.wakeClients(); // those of a stream that is complete, too
    }
    lock.takeLast(
        () -> {
          release();
          progress.end();
        });
    clocks.stop();
    if (first) {
      observer.ended(direction(), state);
      listener.stateChanged(status());
    }
    return first;
  }

  abstract void doRead(Client client, long offset, long length, ReadReply reply) throws IOException;

  abstract void doMap(long from, long to, ExtentList extents);

  abstract void doWrite(Client client, long offset, long length) throws IOException;

  abstract void doWriteZeroes(Client client, long offset, long length) throws IOException;

  abstract void doTrim(Client client, long offset, long length) throws IOException;

  abstract void doFlush(Client client) throws IOException;

  /**
   * A client leaves; if it was lost, this neither waits nor uses its connection. Returns what the
   * stream lacks to be complete, in words that go on with a sentence.
   */
  abstract String doLeave(Client client, Goodbye.Kind kind) throws IOException;

  abstract void doFinish(Client nobody, Assurances vouched) throws IOException;

  /** A client that has bytes in the stream was refused a write. Any thread. */
  void noteRefusedWrite() {}

  /** The descriptor whose errors mean that the peer has gone, or -1. Needs no lock. */
  abstract int watchedEndpoint();

  /** Whether the peer has opened its end. Needs no lock. */
  boolean hasPeer() {
    return watchedEndpoint() >= 0;
  }

  /** Finds out in the lock whether the peer has gone. */
  abstract void checkPeer(Client client) throws IOException;

  /** What clients have to bring for the stream to go on, in words, if that is known. Any thread. */
  abstract @Nullable String missing();

  /** Closes the endpoint and frees all memory. In the lock; idempotent. */
  abstract void release();

  final RequestLock lock() {
    return lock;
  }

  final CurrentWait waits() {
    return waits;
  }

  final WindowReserve memory() {
    return memory;
  }

  final Lifecycle lifecycle() {
    return lifecycle;
  }

  final IdleClients idleClients() {
    return idleClients;
  }

  final Absence absence() {
    return absence;
  }

  final Progress progress() {
    return progress;
  }

  final StreamObserver observer() {
    return observer;
  }

  final Deadline idle() {
    return progress.idle();
  }

  final long position() {
    return progress.position();
  }

  final StreamListener listener() {
    return listener;
  }

  private void moved(long bytes) {
    observer.moved(direction(), bytes);
    if (position() > unstartedUntil() && lifecycle.streaming()) {
      listener.stateChanged(status());
    }
  }

  /** A client asks for what comes next, even if it may take time until bytes move. In the lock. */
  final void resume() {
    if (lifecycle.resume()) {
      listener.stateChanged(status());
    }
  }

  /** Up to this position, nothing irrevocable has happened. */
  abstract long unstartedUntil();

  /** Frees what memory it can of a stream that has not begun. In the lock. */
  abstract void giveUpWindows();
}
