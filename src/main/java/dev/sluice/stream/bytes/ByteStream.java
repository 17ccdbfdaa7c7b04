package dev.sluice.stream.bytes;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.posix.ErrnoException;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.ClientGoneException;
import dev.sluice.stream.Direction;
import dev.sluice.stream.Goodbye;
import dev.sluice.stream.ReadReply;
import dev.sluice.stream.RefusedRequestException;
import dev.sluice.stream.StreamEndedException;
import dev.sluice.stream.StreamExtent;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.Transport;
import dev.sluice.stream.client.Client;
import dev.sluice.stream.client.Waiter;
import dev.sluice.stream.client.Worker;
import dev.sluice.stream.core.Lifecycle;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.request.Absence;
import dev.sluice.stream.request.Finish;
import dev.sluice.stream.request.IdleClients;
import dev.sluice.stream.request.Leave;
import dev.sluice.stream.request.RequestLock;
import dev.sluice.stream.request.Requests;
import dev.sluice.stream.request.WindowReserve;
import dev.sluice.stream.window.ExtentList;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;

/**
 * One export's stream of bytes as its clients see it. Any number of clients may be attached, each
 * with a thread of its own; their requests are served one at a time, in the order of arrival.
 *
 * <p>Who owns what: the {@link RequestLock} guards the endpoint, the window and everything else
 * that moves bytes, and is held for the whole of a request, waits included, except for those for
 * window memory. The {@link Lifecycle} guards the state. Whoever ends a stream from outside first
 * changes the state, which wakes the holder of the lock, and then takes the lock to close the
 * endpoint.
 */
public abstract sealed class ByteStream extends ManagedStream permits WriteStream, ReadStream {

  /** How long a client of an ended stream is still told so before its connection is closed. */
  private static final Duration LINGER = Duration.ofSeconds(10);

  private final StreamCore core;
  private final Requests requests;
  private final WindowReserve memory;
  private final IdleClients idleClients;
  private final Absence absence;
  private final Departures departures;

  ByteStream(
      Direction direction, Endpoint endpoint, StreamSettings settings, StreamContext context) {
    super(direction, endpoint, settings, context);
    departures = new Departures(direction);
    this.core = core();
    this.requests = new Requests(core, lock());
    this.memory = new WindowReserve(core, lock(), context.memory());
    this.idleClients = new IdleClients(core, memory);
    this.absence = new Absence(core, timers(), lock(), memory, this::giveUpWindows);
  }

  /**
   * Takes in one more client; {@link #leave} or {@link #detach} lets it go.
   *
   * @throws StreamEndedException when there is nothing left to serve
   */
  public final void attach() throws StreamEndedException, ErrnoException {
    if (!core.lifecycle().isAttended()) {
      core.progress().newBytes().restart();
    }
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
    idleClients.requireProgress(client);
    boolean received = client.connection().readHeader(header, () -> awaitNextRequest(client));
    if (received) {
      departures.noteRequest(client);
    }
    return received;
  }

  private void awaitNextRequest(Client client) throws IOException {
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
    departures.use(Direction.READ);
  }

  /** Serves a write, whose payload is with the client; what it leaves there is to be discarded. */
  public final void write(Client client, long offset, long length) throws IOException {
    requests.takeForWrite(client, offset + length, () -> doWrite(client, offset, length));
    departures.use(Direction.WRITE);
  }

  /** Serves a write of zeroes. */
  public final void writeZeroes(Client client, long offset, long length) throws IOException {
    requests.takeForWrite(client, offset + length, () -> doWriteZeroes(client, offset, length));
    departures.use(Direction.WRITE);
  }

  /** Serves a trim, which is advice: nothing changes by it. */
  public final void trim(Client client, long offset, long length) throws IOException {
    requests.take(client, () -> doTrim(client, offset, length));
  }

  /** Serves a flush. What has no gap before it is with the peer already, and no gap is filled. */
  public final void flush(Client client) throws IOException {
    requests.take(client, () -> doFlush(client));
  }

  /** Tells what has become of a range, from its start on, in this many extents at most. */
  public final List<StreamExtent> map(Client client, long offset, long length, int most)
      throws IOException {
    ExtentList extents = new ExtentList(most);
    requests.take(client, () -> doMap(offset, offset + length, extents));
    return extents.asList();
  }

  /** A client leaves; the stream may be complete by that, or interrupted. Never throws. */
  public final void leave(Client client, Goodbye goodbye) {
    idleClients.remove(client);
    departures.begin(client, goodbye);
    try {
      core.listener().clientLeaves();
      new Leave(core, requests, absence, this::doLeave, goodbye).run(client);
    } finally {
      departures.end();
    }
  }

  /** How its clients have left so far. */
  public final Departures departures() {
    return departures;
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

  /** A client is turned away, since there are as many as there may be. */
  public final void makeRoom() {
    idleClients.makeRoom();
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

  @Override
  boolean hasPeer() {
    return watchedEndpoint() >= 0;
  }

  /** Finds out in the lock whether the peer has gone, where {@link #watchedEndpoint} is watched. */
  void checkPeer(Waiter waiter) throws IOException {}

  final WindowReserve memory() {
    return memory;
  }

  /** Frees what memory it can of a stream that has not begun. In the lock. */
  abstract void giveUpWindows();
}
