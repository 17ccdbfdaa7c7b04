package dev.sluice.stream;

import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.PollSet;
import dev.sluice.posix.Posix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/** One attached client: its requests, its replies, its history. Confined to its own thread. */
public final class Client implements AutoCloseable {

  private static final int SCRATCH_BYTES = 64 * 1024;

  /** How long a client of an ended stream is still told so before its connection is closed. */
  private static final Duration LINGER = Duration.ofSeconds(10);

  private final Transport transport;
  private final ByteStream stream;
  private final Waiter waiter;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment scratch;
  private final WindowMemory.Pocket pocket;
  private final WriteHistory writes;
  private final ConnectionEnd connection;

  /** Bytes of the next request's header that have been read. */
  private long headerBytes;

  /** Payload bytes of the current request that are still with the client. */
  private long payload;

  private long sent;
  private boolean late;
  private boolean active;
  private boolean sentAway;

  /** Guarded by the stream's lock, as it is the stream's. */
  private final Ranges sentRanges = new Ranges();

  /** A client of the stream that it is attached to; takes over the transport if that works. */
  public Client(Transport transport, ByteStream stream) throws ErrnoException {
    this(transport, stream, LINGER);
  }

  Client(Transport transport, ByteStream stream, Duration linger) throws ErrnoException {
    this.transport = transport;
    this.stream = stream;
    this.waiter = new Waiter(stream, transport, new Deadline("the client did nothing", linger));
    this.scratch = arena.allocate(SCRATCH_BYTES);
    this.pocket = stream.memory().account().pocket();
    this.writes = new WriteHistory();
    this.connection = new ConnectionEnd(transport, waiter);
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
      waiter.requireTimeLeft();
      long n = receive(header.asSlice(headerBytes));
      if (n == Posix.WOULD_BLOCK) {
        stream.idleClients().await(this);
      } else if (n > 0) {
        headerBytes += n;
      } else if (headerBytes == 0) {
        return false;
      } else {
        throw new ClientGoneException("the client closed its connection within a request");
      }
    }
    headerBytes = 0;
    active = true;
    waiter.restartLinger();
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
        waiter.awaitClient(PollSet.READABLE);
      }
    }
  }

  /**
   * Sends all of the bytes.
   *
   * @param more whether more of the same reply follows
   */
  public void send(MemorySegment bytes, boolean more) throws IOException {
    long done = 0;
    while (done < bytes.byteSize()) {
      long n;
      try {
        n = transport.write(bytes.asSlice(done), more);
      } catch (IOException e) {
        throw gone(e);
      }
      if (n == Posix.WOULD_BLOCK) {
        waiter.awaitClient(PollSet.WRITABLE);
      } else {
        done += n;
        sent += n;
        stream.idle().restart();
      }
    }
    if (!more) {
      flush();
    }
  }

  private void flush() throws IOException {
    while (!flushed()) {
      waiter.awaitClient(PollSet.WRITABLE);
    }
  }

  private boolean flushed() throws ClientGoneException {
    try {
      return transport.flush();
    } catch (IOException e) {
      throw gone(e);
    }
  }

  /** All bytes that were sent so far, by which a session knows whether a reply came to its end. */
  public long sent() {
    return sent;
  }

  /**
   * The session knows that the stream has ended: from here on waiting is only for the client, and
   * not for long.
   */
  public void acknowledgeEnd() {
    waiter.acknowledgeEnd();
  }

  /** As {@link #acknowledgeEnd}, but no more than the requests that are here already is served. */
  public void dismiss() {
    waiter.dismiss();
  }

  @Override
  public void close() {
    transport.close();
    waiter.close();
    arena.close();
  }

  /** Memory for the work on this client's current request. */
  MemorySegment scratch() {
    return scratch;
  }

  /** Window memory for the work on this client's current request. */
  WindowMemory.Pocket pocket() {
    return pocket;
  }

  /** What this client has written. */
  WriteHistory writes() {
    return writes;
  }

  /** A write of this client was refused, so that the stream is not what it wanted. */
  public void markRefused() {
    writes.refuseWrite();
    if (writes.contributed()) {
      stream.noteRefusedWrite();
    }
  }

  /** What is known of the end of its connection. */
  ConnectionEnd connection() {
    return connection;
  }

  /** What this client was sent of a read stream; {@link Receipts} keeps it. */
  Ranges sentRanges() {
    return sentRanges;
  }

  /** Whether it asked for bytes that it never had and that are not kept any more. */
  boolean isLate() {
    return late;
  }

  void markLate() {
    late = true;
  }

  /** Whether it has made a request. */
  boolean isActive() {
    return active;
  }

  /** It is sent away because it did nothing. */
  void markSentAway() {
    sentAway = true;
  }

  boolean wasSentAway() {
    return sentAway;
  }

  /** Where this client's thread waits. */
  Waiter waiter() {
    return waiter;
  }

  /** Fills the segment from the request's payload. */
  public void readPayload(MemorySegment into) throws IOException {
    long count = 0;
    while (count < into.byteSize()) {
      long n = receivePayload(into.asSlice(count));
      if (n == Posix.WOULD_BLOCK) {
        waiter.awaitClient(PollSet.READABLE);
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
        sent += n;
        return n;
      }
      waiter.awaitClient(PollSet.WRITABLE);
    }
  }

  private long receive(MemorySegment into) throws ClientGoneException {
    try {
      return transport.read(into);
    } catch (IOException e) {
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

  private ClientGoneException gone(IOException e) {
    connection.markBroken();
    return new ClientGoneException("the client's connection broke (" + e.getMessage() + ")");
  }
}
