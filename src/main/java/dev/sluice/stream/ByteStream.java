package dev.sluice.stream;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.posix.ErrnoException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
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

  /** How long a client of an ended stream is still told so before its connection is closed. */
  private static final Duration LINGER = Duration.ofSeconds(10);

  private final StreamCore core;
  private final RequestLock lock;
  private final Requests requests;
  private final WindowReserve memory;
  private final StreamTimers timers;
  private final IdleClients idleClients;
  private final Absence absence;
  private final SinglePeer peer;

  ByteStream(
      Direction direction, Endpoint endpoint, StreamSettings settings, StreamContext context) {
    this.core = new StreamCore(direction, settings, context, this::fail, this::missing);
    this.lock = new RequestLock(core);
    this.requests = new Requests(core, lock);
    this.memory = new WindowReserve(core, lock, context.memory());
    this.timers = new StreamTimers(core, settings.timeouts(), context.timer());
    this.idleClients = new IdleClients(core, memory);
    this.absence = new Absence(core, timers, lock, memory, this::giveUpWindows);
    this.peer = new SinglePeer(core, endpoint, timers);
  }

  /** Which way the bytes go. */
  public final Direction direction() {
    return core.direction();
  }

  /** The size that clients see, in bytes. */
  public final long advertisedSize() {
    return settings().advertisedSize();
  }

  public final StreamSettings settings() {
    return core.settings();
  }

  /** The stream as it is now. */
  public final StreamStatus status() {
    return core.status();
  }

  /** How long no byte has moved, in milliseconds. */
  public final long standingStillMillis() {
    return core.progress().standingStillMillis();
  }

  /** Begins its lifetime; to be called once. */
  public final void start() {
    timers.startLifetime();
  }

  /** Changes the rate limit, or the size before the first client came; false: it is too late. */
  public final boolean change(UnaryOperator<StreamSettings> change) {
    return core.change(change);
  }

  /**
   * Takes in one more client; {@link #leave} or {@link #detach} lets it go.
   *
   * @throws StreamEndedException when there is nothing left to serve
   */
  public final void attach() throws StreamEndedException, ErrnoException {
    if (!core.lifecycle().attach()) {
      throw core.lifecycle().ended();
    }
  }

  /** Lets a client go that never got as far as a request. */
  public final void detach() {
    absence.begin("the client left", "", null);
  }

  /**
   * A client that was attached, of which this takes over the transport if that works; {@link
   * #leave} lets it go.
   */
  public final Client newClient(Transport transport) throws ErrnoException {
    return newClient(transport, LINGER);
  }

  final Client newClient(Transport transport, Duration linger) throws ErrnoException {
    return new Client(transport, core, memory.account().pocket(), linger);
  }

  /**
   * Waits for a client's next request and reads its header. After a {@link StreamEndedException},
   * another call goes on where this one was, with the same segment.
   *
   * @return false when the client closed its connection between two requests and had read every
   *     reply
   * @throws ClientGoneException when it vanished otherwise
   * @throws StreamEndedException when the stream ended meanwhile and the client must go
   */
  public final boolean receive(Client client, MemorySegment header) throws IOException {
    boolean received = client.connection().readHeader(header, () -> awaitRequest(client));
    if (received) {
      client.history().markActive();
    }
    return received;
  }

  private void awaitRequest(Client client) throws IOException {
    idleClients.await(
        client, watchedEndpoint(), () -> requests.take(client, () -> checkPeer(client.waiter())));
  }

  /** A write of this client was refused, so that the stream is not what it wanted. */
  public final void markRefused(Client client) {
    client.writes().refuseWrite();
    if (client.writes().contributed()) {
      noteRefusedWrite();
    }
  }

  /** Serves a read. See {@link RefusedRequestException} for what cannot be served. */
  public final void read(Client client, long offset, long length, ReadReply reply)
      throws IOException {
    requests.take(client, () -> doRead(client, offset, length, reply));
  }

  /** Serves a write, whose payload is with the client; what it leaves there is to be discarded. */
  public final void write(Client client, long offset, long length) throws IOException {
    requests.takeForWrite(client, offset + length, () -> doWrite(client, offset, length));
  }

  /** Serves a write of zeroes. */
  public final void writeZeroes(Client client, long offset, long length) throws IOException {
    requests.takeForWrite(client, offset + length, () -> doWriteZeroes(client, offset, length));
  }

  /** Serves a trim, which is advice: nothing changes by it. */
  public final void trim(Client client, long offset, long length) throws IOException {
    requests.take(client, () -> doTrim(client, offset, length));
  }

  /** Serves a flush. What has no gap before it is with the peer already, and no gap is filled. */
  public final void flush(Client client) throws IOException {
    requests.take(client, () -> doFlush(client));
  }

  /** Tells what has become of a range, from its start on, in so many extents at most. */
  public final List<StreamExtent> map(Client client, long offset, long length, int most)
      throws IOException {
    ExtentList extents = new ExtentList(most);
    requests.take(client, () -> doMap(offset, offset + length, extents));
    return extents.asList();
  }

  /** A client leaves; the stream may be complete by that, or interrupted. Never throws. */
  public final void leave(Client client, Goodbye goodbye) {
    new Leave(core, requests, absence, this::doLeave, goodbye).run(client);
  }

  /** Ends it as complete, on somebody's word. */
  public final void finish(Assurances vouched) throws IOException {
    finish(vouched, () -> {});
  }

  /**
   * Ends it as complete, on somebody's word, on the current thread. It waits for the peer to take
   * everything, as a client's last write does.
   *
   * @param vouched what that somebody vouches for: zeroes for what is missing of the declared size
   *     ({@code padTail}), or bytes that nobody wants ({@code acceptUnread})
   * @param waits is told of the first wait
   * @throws RefusedRequestException when bytes are missing, a client is attached, or the stream is
   *     being finished already
   * @throws StreamEndedException when it has ended already
   */
  public final void finish(Assurances vouched, Runnable waits) throws IOException {
    new Finish(core, requests, absence).run(waits, worker -> doFinish(worker, vouched));
  }

  /** Whether it is being finished and its peer is there to take, or give, the rest. */
  public final boolean isFinishingWithPeer() {
    return core.lifecycle().isFinishing() && hasPeer();
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
    return core.lifecycle().retire();
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
    core.progress().end();
    if (!end(StreamState.COMPLETED, null)) {
      throw core.lifecycle().ended();
    }
  }

  /** When this returns, the endpoint is closed, whoever ended the stream. */
  private boolean end(StreamState state, @Nullable String failure) {
    boolean first = core.lifecycle().end(state, failure);
    if (state == StreamState.CANCELLED) {
      core.lifecycle().wakeClients(); // those of a stream that is complete, too
    }
    lock.takeLast(
        () -> {
          release();
          core.progress().end();
        });
    timers.stop();
    if (first) {
      core.observer().ended(direction(), state);
      core.listener().stateChanged(status());
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

  /** Makes the stream complete, or says why it cannot be. */
  abstract void doFinish(Worker worker, Assurances vouched) throws IOException;

  /** A client that has bytes in the stream was refused a write. Any thread. */
  void noteRefusedWrite() {}

  /** The descriptor whose errors mean that the peer has gone, or -1. Needs no lock. */
  abstract int watchedEndpoint();

  /** Whether the peer has opened its end. Needs no lock. */
  boolean hasPeer() {
    return watchedEndpoint() >= 0;
  }

  /** Finds out in the lock whether the peer has gone. */
  abstract void checkPeer(Waiter waiter) throws IOException;

  /** What clients have to bring for the stream to go on, in words, if that is known. Any thread. */
  abstract @Nullable String missing();

  /** Closes the endpoint and frees all memory. In the lock; idempotent. */
  abstract void release();

  final StreamCore core() {
    return core;
  }

  final WindowReserve memory() {
    return memory;
  }

  final long position() {
    return core.position();
  }

  /** Frees what memory it can of a stream that has not begun. In the lock. */
  abstract void giveUpWindows();
}
