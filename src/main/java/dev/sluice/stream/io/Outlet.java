package dev.sluice.stream.io;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.PollSet;
import dev.sluice.posix.Posix;
import dev.sluice.posix.PrivatePipe;
import dev.sluice.posix.ZeroPages;
import dev.sluice.stream.WaitCause;
import dev.sluice.stream.client.ClientConnection;
import dev.sluice.stream.client.Waiter;
import dev.sluice.stream.core.BrokenStreamException;
import dev.sluice.stream.core.Deadline;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.core.TimedOutException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Delivers a write stream's bytes to the peer, in order. Payload goes from the client's socket to a
 * FIFO by splice, or through a private pipe to a socket. Each byte is counted in the position as
 * soon as it is in the endpoint. Guarded by the request lock.
 */
public final class Outlet implements AutoCloseable {

  private final Endpoint endpoint;
  private final StreamCore core;
  private final Duration peerTimeout;
  private @Nullable PrivatePipe relay;

  public Outlet(Endpoint endpoint, StreamCore core, Duration peerTimeout) {
    this.endpoint = endpoint;
    this.core = core;
    this.peerTimeout = peerTimeout;
  }

  /** Delivers payload of the client's current request. */
  public void payload(ClientConnection client, long count) throws IOException {
    open(client.waiter());
    int waits = 0;
    for (long left = count; left > 0; ) {
      long n = move(client, left, waits > 1);
      waits = n == 0 ? waits + 1 : 0;
      left -= n;
    }
  }

  /**
   * Moves some payload. Returns the count, or 0 after a wait.
   *
   * @param stuck whether splice still would block after a wait: TCP urgent data stops splice, but
   *     not read
   */
  private long move(ClientConnection client, long count, boolean stuck) throws IOException {
    boolean copied = core.settings().copy() || core.progress().needsBytes();
    if (stuck || copied || !client.canSplice()) {
      return copyPayload(client, count);
    }
    return endpoint.isPipe() ? splicePayload(client, count) : relayPayload(client, count);
  }

  /** Delivers bytes from memory. */
  public void memory(Waiter waiter, MemorySegment bytes) throws IOException {
    open(waiter);
    long sent = 0;
    while (sent < bytes.byteSize()) {
      MemorySegment rest = bytes.asSlice(sent);
      long n =
          deliver(
              waiter,
              rest.byteSize(),
              most -> Posix.write(endpoint.descriptor(), rest.asSlice(0, most)));
      core.progress().add(rest.asSlice(0, n));
      sent += n;
    }
  }

  /** Delivers zeroes. */
  public void zeroes(Waiter waiter, long count) throws IOException {
    open(waiter);
    for (long left = count; left > 0; ) {
      long n =
          deliver(
              waiter,
              left,
              most ->
                  endpoint.isPipe()
                      ? ZeroPages.lend(endpoint.descriptor(), most)
                      : ZeroPages.write(endpoint.descriptor(), most));
      core.progress().addZeroes(n);
      left -= n;
    }
  }

  /**
   * Waits until the peer has taken every byte, and then tells it the end of the stream.
   *
   * @throws BrokenStreamException if the peer left bytes unread
   */
  public void finish(Waiter waiter) throws IOException {
    open(waiter);
    endpoint.noteLast();
    new PeerDrain(core, endpoint).drain(waiter);
    try {
      endpoint.end();
    } catch (ErrnoException e) {
      throw BrokenStreamException.isByPeer(e) ? BrokenStreamException.peerGone() : e;
    }
  }

  @Override
  public void close() {
    endpoint.close();
    if (relay != null) {
      relay.close();
    }
  }

  private void open(Waiter waiter) throws IOException {
    if (endpoint.descriptor() >= 0) {
      return;
    }
    waiter.awaitPeer(endpoint, new Deadline("no peer opened the endpoint", peerTimeout));
    core.begin();
    core.idle().restart();
  }

  private long splicePayload(ClientConnection client, long count) throws IOException {
    long n = client.splicePayload(endpoint.descriptor(), client.waiter().awaitRate(count));
    if (n == Posix.WOULD_BLOCK) {
      awaitRoom(() -> client.clientWaiter().awaitTransfer(endpoint.descriptor()));
      return 0;
    }
    core.progress().add(n);
    return n;
  }

  private long copyPayload(ClientConnection client, long count) throws IOException {
    MemorySegment scratch = client.scratch();
    long n = client.receivePayload(scratch.asSlice(0, Math.min(count, scratch.byteSize())));
    if (n == Posix.WOULD_BLOCK) {
      client.clientWaiter().awaitClient(PollSet.READABLE);
      return 0;
    }
    memory(client.waiter(), scratch.asSlice(0, n));
    return n;
  }

  /** Drops what has left the client and did not reach the peer. It was not acknowledged. */
  private long relayPayload(ClientConnection client, long count) throws IOException {
    if (relay == null) {
      relay = new PrivatePipe();
    }
    PrivatePipe pipe = relay;
    long n = client.splicePayload(pipe.writeEnd(), count);
    if (n == Posix.WOULD_BLOCK) {
      client.clientWaiter().awaitClient(PollSet.READABLE);
      return 0;
    }
    long left = n;
    try {
      while (left > 0) {
        long moved =
            deliver(
                client.waiter(),
                left,
                most -> Posix.splice(pipe.readEnd(), endpoint.descriptor(), most));
        core.progress().add(moved);
        left -= moved;
      }
    } finally {
      if (left > 0) {
        pipe.close();
        relay = null;
      }
    }
    return n;
  }

  private interface Delivery {
    long move(long atMost) throws ErrnoException;
  }

  /** Delivers at least one byte. The caller counts them. */
  private long deliver(Waiter waiter, long count, Delivery delivery) throws IOException {
    while (true) {
      core.lifecycle().requireLive(); // even if delivering never blocks
      long n;
      try {
        n = delivery.move(waiter.awaitRate(count));
      } catch (ErrnoException e) {
        throw BrokenStreamException.isByPeer(e) ? BrokenStreamException.peerGone() : e;
      }
      if (n != Posix.WOULD_BLOCK) {
        return n;
      }
      awaitRoom(
          () ->
              waiter.awaitEndpoint(
                  WaitCause.PEER, endpoint.descriptor(), PollSet.WRITABLE, core.idle()));
    }
  }

  private interface Pause {
    void await() throws IOException;
  }

  /**
   * Waits until there may be room. A slow peer frees no room in a full pipe for a long time,
   * because that takes reading a whole page. But it has not stalled if it has read any byte.
   */
  private void awaitRoom(Pause pause) throws IOException {
    int unread = endpoint.unread();
    try {
      pause.await();
    } catch (TimedOutException e) {
      if (endpoint.unread() == unread) {
        throw e;
      }
      core.progress().noteMove();
    }
    if (endpoint.unread() < unread) {
      endpoint.noteMoved();
    }
  }
}
