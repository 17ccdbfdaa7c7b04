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

/** Reads requests from one client, and sends replies. Confined to the client's own thread. */
public final class ClientConnection implements AutoCloseable {

  private final Transport transport;
  private final Deadline idle;
  private final Worker worker;
  private final ClientWaiter clientWaiter;
  private final ConnectionEnd end;

  /** Bytes of the next request's header that were read already. */
  private long headerBytes;

  /** Payload bytes of the current request that were not read yet. */
  private long payload;

  private long sent;

  /**
   * Creates a connection. Takes over the transport, unless it throws.
   *
   * @param linger how long a client is still served after it was told that the stream has ended
   */
  ClientConnection(Transport transport, StreamCore core, Duration linger) throws ErrnoException {
    this.transport = transport;
    this.idle = core.idle();
    Waiter waiter = new Waiter(core, transport.pollDescriptor());
    this.worker = new Worker(waiter);
    this.clientWaiter = new ClientWaiter(core, waiter, linger);
    this.end = new ConnectionEnd(transport, waiter);
  }

  /** The way to wait between two requests. */
  public interface RequestWait {
    void await() throws IOException;
  }

  /**
   * Waits for the next request and reads its header. After a {@link StreamEndedException}, the
   * caller may call again with the same segment to continue.
   *
   * @return false if the client closed its connection between two requests and had read every reply
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

  /** Sets the number of payload bytes that follow the header that was read last. */
  public void expectPayload(long bytes) {
    payload = bytes;
  }

  /** Reads and discards the rest of the request's payload. */
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

  /** Returns the number of bytes sent so far, which shows whether a reply was sent as a whole. */
  public long sent() {
    return sent;
  }

  /** Returns the worker of the client's thread. */
  public Worker worker() {
    return worker;
  }

  /** Returns the waiter of the client's thread. */
  public Waiter waiter() {
    return worker.waiter();
  }

  /** Returns the waiter for the client. */
  public ClientWaiter clientWaiter() {
    return clientWaiter;
  }

  public MemorySegment scratch() {
    return worker.scratch();
  }

  /** Returns what is known of the end of the connection. */
  public ConnectionEnd end() {
    return end;
  }

  /** Fills the segment from the request's payload. Waits for it. */
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

  /** Reads some payload, without waiting. Returns the count, or would-block. */
  public long receivePayload(MemorySegment into) throws IOException {
    return took(receive(into.asSlice(0, Math.min(into.byteSize(), payload))));
  }

  /** Returns whether payload can be spliced now. Otherwise use {@link #receivePayload}. */
  public boolean canSplice() {
    return transport.spliceSource() >= 0;
  }

  /**
   * Moves payload into a pipe, without waiting. Returns the count, or would-block, of which the
   * cause may be the client or the pipe.
   *
   * @throws BrokenStreamException if nobody reads the pipe
   */
  public long splicePayload(int pipe, long count) throws IOException {
    try {
      return took(Posix.splice(transport.spliceSource(), pipe, Math.min(count, payload)));
    } catch (ErrnoException e) {
      throw e.errno() == Errno.EPIPE ? BrokenStreamException.peerGone() : gone(e);
    }
  }

  /** Returns whether {@link #sendFrom} can be used now. Otherwise send from memory. */
  public boolean canSpliceTo() {
    return transport.spliceTarget() >= 0;
  }

  /** Moves bytes from a pipe, which must not be empty, to the client. Returns at least 1. */
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
