package dev.sluice.stream.client;

import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.PollSet;
import dev.sluice.posix.Posix;
import dev.sluice.stream.ClientGoneException;
import dev.sluice.stream.StreamEndedException;
import dev.sluice.stream.Transport;
import dev.sluice.stream.core.BrokenStreamException;
import dev.sluice.stream.core.Deadline;
import dev.sluice.stream.core.StreamCore;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/** The bytes of one client: its requests and its replies. Confined to the client's own thread. */
public final class ClientConnection implements AutoCloseable {

  private final Transport transport;
  private final Deadline idle;
  private final Worker worker;
  private final ClientWaiter clientWaiter;
  private final ConnectionEnd end;

  /** Bytes of the next request's header that have been read. */
  private long headerBytes;

  /** Payload bytes of the current request that are still with the client. */
  private long payload;

  private long sent;

  /**
   * A connection, which takes over the transport if that works.
   *
   * @param linger how long a client of an ended stream is still told so
   */
  ClientConnection(Transport transport, StreamCore core, Duration linger) throws ErrnoException {
    this.transport = transport;
    this.idle = core.idle();
    Waiter waiter = new Waiter(core, transport.pollDescriptor());
    this.worker = new Worker(waiter);
    this.clientWaiter = new ClientWaiter(core, waiter, linger);
    this.end = new ConnectionEnd(transport, waiter);
  }

  /** How to wait between two requests. */
  public interface RequestWait {
    void await() throws IOException;
  }

  /**
   * Waits for the next request and reads its header. After a {@link StreamEndedException}, another
   * call goes on where this one was, with the same segment.
   *
   * @return false when the client closed its connection between two requests and had read every
   *     reply
   */
  public boolean readHeader(MemorySegment header, RequestWait wait) throws IOException {
    while (headerBytes < header.byteSize()) {
      clientWaiter.requireTimeLeft();
      long n = receive(header.asSlice(headerBytes));
      if (n == Posix.WOULD_BLOCK) {
        wait.await();
      } else if (n > 0) {
        headerBytes += n;
      } else if (headerBytes == 0) {
        return false;
      } else {
        throw new ClientGoneException("the client closed its connection within a request");
      }
    }
    headerBytes = 0;
    clientWaiter.beginRequest();
    return true;
  }

  /** Says how many payload bytes follow the header of the request that was read last. */
  public void expectPayload(long bytes) {
    payload = bytes;
  }

  /** Reads and drops what nobody took of the request's payload. */
  public void discardPayload() throws IOException {
    while (payload > 0) {
      if (receivePayload(scratch()) == Posix.WOULD_BLOCK) {
        clientWaiter.awaitClient(PollSet.READABLE);
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
        clientWaiter.awaitClient(PollSet.WRITABLE);
      } else {
        done += n;
        sent += n;
        idle.restart();
      }
    }
    if (!more) {
      flush();
    }
  }

  private void flush() throws IOException {
    while (!flushed()) {
      clientWaiter.awaitClient(PollSet.WRITABLE);
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

  /** What the client's thread works with. */
  public Worker worker() {
    return worker;
  }

  /** Where the client's thread waits. */
  public Waiter waiter() {
    return worker.waiter();
  }

  /** Where it waits for the client. */
  public ClientWaiter clientWaiter() {
    return clientWaiter;
  }

  public MemorySegment scratch() {
    return worker.scratch();
  }

  /** What is known of its end. */
  public ConnectionEnd end() {
    return end;
  }

  /** Fills the segment from the request's payload. */
  public void readPayload(MemorySegment into) throws IOException {
    long count = 0;
    while (count < into.byteSize()) {
      long n = receivePayload(into.asSlice(count));
      if (n == Posix.WOULD_BLOCK) {
        clientWaiter.awaitClient(PollSet.READABLE);
      } else {
        count += n;
      }
    }
  }

  /** Reads some payload: the count, or would block. */
  public long receivePayload(MemorySegment into) throws IOException {
    return took(receive(into.asSlice(0, Math.min(into.byteSize(), payload))));
  }

  /** Whether payload can be spliced now; otherwise {@link #receivePayload} gives it. */
  public boolean canSplice() {
    return transport.spliceSource() >= 0;
  }

  /**
   * Moves payload into a pipe: the count, or would block, which may be the pipe's fault.
   *
   * @throws BrokenStreamException when nobody reads the pipe
   */
  public long splicePayload(int pipe, long count) throws IOException {
    try {
      return took(Posix.splice(transport.spliceSource(), pipe, Math.min(count, payload)));
    } catch (ErrnoException e) {
      throw e.errno() == Errno.EPIPE ? BrokenStreamException.peerGone() : gone(e);
    }
  }

  /** Whether {@link #sendFrom} works now; otherwise bytes have to be sent. */
  public boolean canSpliceTo() {
    return transport.spliceTarget() >= 0;
  }

  /** Moves bytes that a pipe has to the client: how many, at least one. */
  public long sendFrom(int pipe, long count) throws IOException {
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
      clientWaiter.awaitClient(PollSet.WRITABLE);
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
      idle.restart();
    }
    return n;
  }

  private ClientGoneException gone(IOException e) {
    end.markBroken();
    return new ClientGoneException("the client's connection broke (" + e.getMessage() + ")");
  }

  @Override
  public void close() {
    transport.close();
    worker.close();
  }
}
