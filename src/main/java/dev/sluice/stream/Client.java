package dev.sluice.stream;

import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.PollSet;
import dev.sluice.posix.Posix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * One attached client as its stream sees it: the transport, and the one place where the session's
 * thread waits, over {client, endpoint, the stream's wake descriptor}. Confined to that thread.
 */
public final class Client implements AutoCloseable {

  private static final int CLIENT = 0;
  private static final int ENDPOINT = 1;
  private static final int WAKE = 2;
  private static final int COMPLETION = 3;
  private static final int GONE = PollSet.ERROR | PollSet.HANGUP | PollSet.READ_HANGUP;
  private static final int SCRATCH_BYTES = 64 * 1024;

  /** How long a client of an ended stream is still told so before its connection is closed. */
  private static final Duration LINGER = Duration.ofSeconds(10);

  private final Transport transport;
  private final ByteStream stream;
  private final Arena arena = Arena.ofConfined();
  private final PollSet poll = new PollSet(4);
  private final MemorySegment scratch = arena.allocate(SCRATCH_BYTES);
  private final Deadline linger;

  /** Bytes of the next request's header that have been read. */
  private long headerBytes;

  /** Payload bytes of the current request that are still with the client. */
  private long payload;

  private boolean endKnown;
  private boolean watched = true;
  private boolean wrote;
  private boolean refused;
  private boolean broken;
  private long sentFrom = Long.MAX_VALUE;
  private long sentTo;

  /** A client of the stream that it is attached to; takes over the transport. */
  public Client(Transport transport, ByteStream stream) {
    this(transport, stream, LINGER);
  }

  Client(Transport transport, ByteStream stream, Duration linger) {
    this.transport = transport;
    this.stream = stream;
    this.linger = new Deadline("the client did nothing", linger);
  }

  /**
   * Waits for the next request and reads its header. After a {@link StreamEndedException}, another
   * call goes on where this one was, with the same segment.
   *
   * @return false when the client closed its connection between two requests and had read every
   *     reply
   * @throws ClientGoneException when it vanished otherwise
   * @throws StreamEndedException when the stream ended meanwhile and the client must go
   */
  public boolean readHeader(MemorySegment header) throws IOException {
    while (headerBytes < header.byteSize()) {
      long n = receive(header.asSlice(headerBytes));
      if (n == Posix.WOULD_BLOCK) {
        stream.awaitRequest(this);
      } else if (n > 0) {
        headerBytes += n;
      } else if (headerBytes == 0) {
        return false;
      } else {
        throw new ClientGoneException("the client closed its connection within a request");
      }
    }
    headerBytes = 0;
    linger.restart();
    return true;
  }

  /** Says how many payload bytes follow the header of the request that was read last. */
  public void expectPayload(long bytes) {
    payload = bytes;
  }

  /** Reads and drops what nobody took of the request's payload. */
  public void discardPayload() throws IOException {
    while (payload > 0) {
      if (receivePayload(scratch) == Posix.WOULD_BLOCK) {
        awaitClient(PollSet.READABLE);
      }
    }
  }

  /**
   * Sends all of the bytes.
   *
   * @param more whether more of the same reply follows
   */
  public void send(MemorySegment bytes, boolean more) throws IOException {
    long sent = 0;
    while (sent < bytes.byteSize()) {
      long n;
      try {
        n = transport.write(bytes.asSlice(sent), more);
      } catch (ErrnoException e) {
        throw gone(e);
      }
      if (n == Posix.WOULD_BLOCK) {
        awaitClient(PollSet.WRITABLE);
      } else {
        sent += n;
        stream.idle().restart();
      }
    }
  }

  /**
   * The session knows that the stream has ended: from here on waiting is only for the client, and
   * not for long.
   */
  public void acknowledgeEnd() {
    endKnown = true;
    linger.restart();
  }

  @Override
  public void close() {
    transport.close();
    poll.close();
    arena.close();
  }

  /** Memory for the work on this client's current request. */
  MemorySegment scratch() {
    return scratch;
  }

  /** Whether this client has put bytes into the stream, so that its goodbye means something. */
  boolean wrote() {
    return wrote;
  }

  void markWrote() {
    wrote = true;
  }

  /** Whether a write of this client was refused, so that its goodbye proves nothing. */
  boolean refused() {
    return refused;
  }

  void markRefused() {
    refused = true;
  }

  /** Whether its connection broke, so that what it was sent last may not have arrived. */
  boolean isBroken() {
    return broken;
  }

  /** Takes note of a range that this client gets, or is to get. */
  void markSent(long from, long to) {
    sentFrom = Math.min(sentFrom, from);
    sentTo = Math.max(sentTo, to);
  }

  /** Where the range that has all of what was marked as sent begins. */
  long sentFrom() {
    return sentFrom;
  }

  /** Where that range ends; not above where it begins when there is none. */
  long sentTo() {
    return sentTo;
  }

  /** Whether a wait for the endpoint ends when the client hangs up; it does at first. */
  void watchConnection(boolean watch) {
    watched = watch;
  }

  /** Fills the segment from the request's payload. */
  void readPayload(MemorySegment into) throws IOException {
    long count = 0;
    while (count < into.byteSize()) {
      long n = receivePayload(into.asSlice(count));
      if (n == Posix.WOULD_BLOCK) {
        awaitClient(PollSet.READABLE);
      } else {
        count += n;
      }
    }
  }

  /** Reads some payload: the count, or would block. */
  long receivePayload(MemorySegment into) throws IOException {
    return took(receive(into.asSlice(0, Math.min(into.byteSize(), payload))));
  }

  /** Whether payload can be spliced now; otherwise {@link #receivePayload} gives it. */
  boolean canSplice() {
    return transport.spliceSource() >= 0;
  }

  /**
   * Moves payload into a pipe: the count, or would block, which may be the pipe's fault.
   *
   * @throws BrokenStreamException when nobody reads the pipe
   */
  long splicePayload(int pipe, long count) throws IOException {
    try {
      return took(Posix.splice(transport.spliceSource(), pipe, Math.min(count, payload)));
    } catch (ErrnoException e) {
      if (e.errno() == Errno.EPIPE) {
        throw BrokenStreamException.peerGone();
      }
      throw gone(e);
    }
  }

  /** Whether {@link #sendFrom} works now; otherwise bytes have to be sent. */
  boolean canSpliceTo() {
    return transport.spliceTarget() >= 0;
  }

  /** Moves bytes that a pipe has to the client: how many, at least one. */
  long sendFrom(int pipe, long count) throws IOException {
    while (true) {
      long n;
      try {
        n = Posix.splice(pipe, transport.spliceTarget(), count);
      } catch (ErrnoException e) {
        throw gone(e);
      }
      if (n != Posix.WOULD_BLOCK) {
        return n;
      }
      awaitClient(PollSet.WRITABLE);
    }
  }

  /** Waits until both payload and room in the endpoint are there. */
  void awaitTransfer(int endpoint) throws IOException {
    await(PollSet.READABLE, endpoint, PollSet.WRITABLE, stream.idle());
    boolean payloadThere = poll.events(CLIENT) != 0;
    int endpointEvents = poll.events(ENDPOINT);
    if (payloadThere && endpointEvents == 0) {
      awaitEndpoint(endpoint, PollSet.WRITABLE, stream.idle());
    } else if (!payloadThere && endpointEvents == PollSet.WRITABLE) {
      awaitClient(PollSet.READABLE, endpoint);
    }
  }

  /** Waits for the client alone. */
  void awaitClient(int events) throws IOException {
    awaitClient(events, -1);
  }

  private void awaitClient(int events, int endpoint) throws IOException {
    try {
      await(events, endpoint, 0, endKnown ? linger : stream.idle());
    } catch (BrokenStreamException e) {
      throw stream.stoodStill(e);
    }
  }

  /**
   * Waits for the endpoint.
   *
   * @return what happened there, bits of {@link PollSet}
   * @throws ClientGoneException when the client gave up meanwhile
   */
  int awaitEndpoint(int endpoint, int events, Deadline deadline) throws IOException {
    await(PollSet.READ_HANGUP, endpoint, events, deadline);
    requireClient();
    return poll.events(ENDPOINT);
  }

  /** Waits between two requests; answers what happened at the endpoint, which may be nothing. */
  int awaitRequest(int endpoint, Deadline deadline) throws IOException {
    if (endKnown) {
      awaitClient(PollSet.READABLE);
      return 0;
    }
    await(PollSet.READABLE, endpoint, 0, deadline);
    return poll.events(ENDPOINT);
  }

  /** What is true of a descriptor at this moment, bits of {@link PollSet}. */
  int eventsNow(int descriptor, int events) throws IOException {
    poll.set(CLIENT, -1, 0);
    poll.set(ENDPOINT, descriptor, events);
    poll.set(WAKE, -1, 0);
    poll.set(COMPLETION, -1, 0);
    poll.await(0);
    return poll.events(ENDPOINT);
  }

  /** Lets a short time pass in which the client, the endpoint and the stream may say something. */
  void pause(int endpoint, int millis, Deadline deadline) throws IOException {
    int left = deadline.remainingMillis();
    if (left == 0) {
      throw deadline.expired();
    }
    watch(PollSet.READ_HANGUP, endpoint, 0);
    poll.await(left < 0 ? millis : Math.min(left, millis));
    requireLive();
    requireClient();
  }

  private void await(int clientEvents, int endpoint, int endpointEvents, Deadline deadline)
      throws IOException {
    watch(clientEvents, endpoint, endpointEvents);
    while (!poll.await(deadline.remainingMillis())) {
      if (deadline.remainingMillis() == 0) {
        throw deadline.expired();
      }
    }
    requireLive();
  }

  private void watch(int clientEvents, int endpoint, int endpointEvents) {
    poll.set(CLIENT, watched ? transport.pollDescriptor() : -1, clientEvents);
    poll.set(ENDPOINT, endpoint, endpointEvents);
    poll.set(WAKE, endKnown ? -1 : stream.lifecycle().wakeDescriptor(), PollSet.READABLE);
    int completion = endpoint < 0 ? -1 : stream.lifecycle().completionDescriptor();
    poll.set(COMPLETION, completion, PollSet.READABLE);
  }

  private void requireLive() throws StreamEndedException {
    if (poll.events(WAKE) != 0) {
      throw stream.lifecycle().ended();
    }
  }

  private void requireClient() throws ClientGoneException {
    int events = poll.events(CLIENT);
    if ((events & GONE) != 0) {
      broken = (events & PollSet.ERROR) != 0;
      throw new ClientGoneException("the client closed its connection and left a request open");
    }
  }

  private long receive(MemorySegment into) throws ClientGoneException {
    try {
      return transport.read(into);
    } catch (ErrnoException e) {
      throw gone(e);
    }
  }

  private long took(long n) throws ClientGoneException {
    if (n == 0) {
      throw new ClientGoneException("the client closed its connection within a request's payload");
    }
    if (n > 0) {
      payload -= n;
      stream.idle().restart();
    }
    return n;
  }

  private ClientGoneException gone(ErrnoException e) {
    broken = true;
    return new ClientGoneException("the client's connection broke (" + e.getMessage() + ")");
  }
}
