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
 * One export's stream of bytes, as its clients use it. Any number of clients may be attached, each
 * with its own thread. Their requests are served one at a time, in the order of arrival.
 *
 * <p>The {@link RequestLock} guards the endpoint, the window and everything else that moves bytes.
 * It is held for a whole request, waits included, except waits for window memory. The {@link
 * Lifecycle} guards the state. A thread that ends a stream from outside first changes the state,
 * which wakes the holder of the lock. It then takes the lock to close the endpoint.
 */
public abstract sealed class ByteStream extends ManagedStream permits WriteStream, ReadStream {

  /** How long a client is still served after it was told that the stream has ended. */
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
   * Attaches one more client. {@link #leave} or {@link #detach} detaches it.
   *
   * @throws StreamEndedException if the stream has ended, or takes no more clients
   */
  public final void attach() throws StreamEndedException, ErrnoException {
    if (!core.lifecycle().isAttended()) {
      core.progress().newBytes().restart();
    }
    if (!core.lifecycle().attach()) {
      throw core.lifecycle().ended();
    }
  }

  /** Detaches a client that has no {@link Client} yet. */
  public final void detach() {
    absence.begin("the client left", "", null);
  }

  /** Creates an attached session's client, and takes over the transport unless it throws. */
  public final Client newClient(Transport transport) throws ErrnoException {
    return newClient(transport, LINGER);
  }

  final Client newClient(Transport transport, Duration linger) throws ErrnoException {
    return new Client(transport, core, memory.account().pocket(), linger);
  }

  /**
   * Waits for a client's next request and reads its header. After a {@link StreamEndedException},
   * the caller may call again with the same segment to continue.
   *
   * @return false if the client closed its connection between two requests and had read every reply
   * @throws ClientGoneException if the connection ended otherwise, or the client is dropped
   * @throws StreamEndedException if the stream ended meanwhile, which the client is to be told
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

  /** Notes that a write was refused before it came here. The client's bytes are missing then. */
  public final void markRefused(Client client) {
    client.writes().refuseWrite();
    if (client.writes().contributed()) {
      noteRefusedWrite();
    }
  }

  /** Serves a read. Throws {@link RefusedRequestException} if the bytes cannot be read. */
  public final void read(Client client, long offset, long length, ReadReply reply)
      throws IOException {
    requests.take(client, () -> doRead(client, offset, length, reply));
    departures.use(Direction.READ);
  }

  /** Serves a write, whose payload is with the client. The caller discards what this leaves. */
  public final void write(Client client, long offset, long length) throws IOException {
    requests.takeForWrite(client, offset + length, () -> doWrite(client, offset, length));
    departures.use(Direction.WRITE);
  }

  /** Serves a write of zeroes. */
  public final void writeZeroes(Client client, long offset, long length) throws IOException {
    requests.takeForWrite(client, offset + length, () -> doWriteZeroes(client, offset, length));
    departures.use(Direction.WRITE);
  }

  /** Serves a trim. It is advice, and changes nothing. */
  public final void trim(Client client, long offset, long length) throws IOException {
    requests.take(client, () -> doTrim(client, offset, length));
  }

  /** Serves a flush. No gap is filled. Bytes without a gap before them were delivered already. */
  public final void flush(Client client) throws IOException {
    requests.take(client, () -> doFlush(client));
  }

  /** Returns the extents of a range, from its start on, at most {@code most}. */
  public final List<StreamExtent> map(Client client, long offset, long length, int most)
      throws IOException {
    ExtentList extents = new ExtentList(most);
    requests.take(client, () -> doMap(offset, offset + length, extents));
    return extents.asList();
  }

  /**
   * Detaches a client. That may complete or interrupt the stream. Throws only what is an error of
   * this program.
   */
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

  /** Returns how clients have left so far. */
  public final Departures departures() {
    return departures;
  }

  /** Ends the stream as COMPLETED on request. See {@link #finish(Assurances, Runnable)}. */
  public final void finish(Assurances vouched) throws IOException {
    finish(vouched, () -> {});
  }

  /**
   * Ends the stream as COMPLETED on request, on the current thread. Like a client's last write,
   * this waits until the peer has taken everything.
   *
   * @param vouched what the request asserts: missing bytes of the declared size are zeroes ({@code
   *     padTail}), or unread bytes are not wanted ({@code acceptUnread})
   * @param waits is run before the first wait
   * @throws RefusedRequestException if bytes are missing, a client is attached, or the stream is
   *     being finished already
   * @throws StreamEndedException if the stream has ended
   */
  public final void finish(Assurances vouched, Runnable waits) throws IOException {
    new Finish(core, requests, absence).run(waits, worker -> doFinish(worker, vouched));
  }

  /** Asks a client without progress to go, because another one was turned away at the limit. */
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
   * Handles the end of a client. For a lost one, it neither blocks nor uses the connection.
   *
   * @return what the stream lacks to be complete, as the rest of a sentence
   */
  abstract String doLeave(Client client, Goodbye.Kind kind) throws IOException;

  /** Completes the stream. Throws {@link RefusedRequestException} if it cannot be complete. */
  abstract void doFinish(Worker worker, Assurances vouched) throws IOException;

  /** Notes that a client with bytes in the stream was refused a write. Any thread. */
  void noteRefusedWrite() {}

  /** Returns the descriptor whose errors mean that the peer has gone; -1 for none. Any thread. */
  abstract int watchedEndpoint();

  @Override
  boolean hasPeer() {
    return watchedEndpoint() >= 0;
  }

  /**
   * Throws if the peer has gone. Called after an event of {@link #watchedEndpoint}, with the
   * request lock held.
   */
  void checkPeer(Waiter waiter) throws IOException {}

  final WindowReserve memory() {
    return memory;
  }

  /** Frees what memory it can of a stream that has not begun. Called with the request lock held. */
  abstract void giveUpWindows();
}
