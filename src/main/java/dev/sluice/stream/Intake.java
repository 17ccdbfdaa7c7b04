package dev.sluice.stream;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.NativeBuffer;
import dev.sluice.posix.PollSet;
import dev.sluice.posix.Posix;
import dev.sluice.posix.PrivatePipe;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where a read stream's bytes come in from the peer. They are first taken into a private pipe, so
 * that a reply's header never promises what the endpoint then fails to give; what that pipe cannot
 * hold goes into memory behind it. Nothing taken is lost when a client leaves. Guarded by the
 * stream's lock.
 */
final class Intake implements AutoCloseable {

  private final Endpoint endpoint;
  private final ByteStream stream;
  private final Recent recent;
  private @Nullable PrivatePipe pipe;
  private long piped;

  /** What came after the pipe was full; the bytes from start to end of it are still to be sent. */
  private @Nullable NativeBuffer overflow;

  private long overflowStart;
  private long overflowEnd;

  private boolean started;
  private boolean atEnd;

  /**
   * The intake of a stream.
   *
   * @param recent is given what is passed on
   */
  Intake(Endpoint endpoint, ByteStream stream, Recent recent) {
    this.endpoint = endpoint;
    this.stream = stream;
    this.recent = recent;
  }

  /** Bytes that are taken and not passed on yet. */
  long available() {
    return piped + overflowEnd - overflowStart;
  }

  /** Whether the peer's end is open. Needs no lock. */
  boolean isOpen() {
    return endpoint.descriptor() >= 0;
  }

  /** Whether the input has ended; what is {@link #available} is the last of it. */
  boolean isAtEnd() {
    return atEnd;
  }

  /** Takes until so many bytes are available; fewer only when the input has ended. */
  void take(Client client, long count) throws IOException {
    if (available() >= count || atEnd) {
      return;
    }
    Deadline deadline = open(client);
    while (available() < count && !atEnd) {
      long n = takeSome(client, count - available());
      if (n == Posix.WOULD_BLOCK) {
        client.waiter().awaitEndpoint(Wait.PEER, endpoint.descriptor(), PollSet.READABLE, deadline);
      } else if (n > 0) {
        deadline = stream.idle();
        deadline.restart();
        started = true;
      }
    }
  }

  /** Takes what is there, up to so much: see {@link #input}. */
  private long takeSome(Client client, long most) throws IOException {
    PrivatePipe into = pipe();
    // By splice the peer's own pages may come, which it can still change.
    boolean direct =
        !stream.settings.copy() && overflowEnd == overflowStart && hasRoom(client, into);
    long n =
        direct
            ? input(client, () -> Posix.splice(endpoint.descriptor(), into.writeEnd(), most))
            : input(client, () -> Posix.read(endpoint.descriptor(), room(most)));
    if (n > 0) {
      piped += direct ? n : 0;
      overflowEnd += direct ? 0 : n;
    }
    return n;
  }

  /**
   * Whether the input goes on, for which it takes a byte; {@link #isAtEnd} tells whether it has
   * ended instead. Neither is known when the peer does nothing.
   *
   * @param patience how long the peer may take; zero is only a look
   */
  boolean goesOn(Client client, Duration patience) throws IOException {
    long before = available();
    Deadline deadline = new Deadline("the input did not end", patience);
    while (available() == before && !atEnd) {
      if (takeSome(client, 1) == Posix.WOULD_BLOCK
          && (patience.isZero() || !awaitInput(client, deadline))) {
        return false;
      }
    }
    return !atEnd;
  }

  private boolean awaitInput(Client client, Deadline deadline) throws IOException {
    try {
      client.waiter().awaitEndpoint(Wait.PEER, endpoint.descriptor(), PollSet.READABLE, deadline);
      return true;
    } catch (TimedOutException tooLong) {
      return false;
    }
  }

  /** Passes bytes that are available on to the client. */
  void send(Client client, long count) throws IOException {
    boolean unseen = !stream.progress().needsBytes() && !recent.isOpen();
    for (long left = count; left > 0; ) {
      long most = stream.progress().allow(client, left);
      if (piped > 0 && client.canSpliceTo() && unseen) {
        long n = client.sendFrom(pipe().readEnd(), Math.min(most, piped));
        piped -= n;
        stream.progress().add(n);
        left -= n;
      } else if (piped > 0) {
        left -= copyPiped(client, most);
      } else {
        left -= sendOverflow(client, most);
      }
    }
  }

  /** What has left the pipe cannot go back, so it counts as passed on even if the client leaves. */
  private long copyPiped(Client client, long count) throws IOException {
    MemorySegment scratch = client.scratch();
    long most = Math.min(Math.min(count, piped), scratch.byteSize());
    long n = Posix.read(pipe().readEnd(), scratch.asSlice(0, most));
    piped -= n;
    MemorySegment bytes = scratch.asSlice(0, n);
    passOn(bytes);
    client.send(bytes, false);
    return n;
  }

  private long sendOverflow(Client client, long count) throws IOException {
    MemorySegment part = overflowed(Math.min(count, client.scratch().byteSize()));
    client.send(part, false);
    long n = part.byteSize();
    passOn(part);
    dropOverflow(n);
    return n;
  }

  /** Copies bytes that are available. */
  void copy(MemorySegment into) throws IOException {
    for (long done = 0; done < into.byteSize(); ) {
      MemorySegment rest = into.asSlice(done);
      long n;
      if (piped > 0) {
        n = Posix.read(pipe().readEnd(), rest.asSlice(0, Math.min(rest.byteSize(), piped)));
        piped -= n;
      } else {
        MemorySegment part = overflowed(rest.byteSize());
        MemorySegment.copy(part, 0, rest, 0, part.byteSize());
        n = part.byteSize();
        dropOverflow(n);
      }
      done += n;
    }
    passOn(into);
  }

  private void passOn(MemorySegment bytes) {
    recent.add(bytes);
    stream.progress().add(bytes);
  }

  @Override
  public void close() {
    endpoint.close();
    if (pipe != null) {
      pipe.close();
      pipe = null;
      piped = 0;
    }
    dropOverflow(overflowEnd - overflowStart);
  }

  /** Opens the endpoint if need be; answers how long to wait for the next input. */
  private Deadline open(Client client) throws IOException {
    if (started) {
      return stream.idle();
    }
    Deadline deadline = new Deadline("no peer gave any input", stream.settings().timeouts().peer());
    client.waiter().awaitPeer(endpoint, deadline);
    return deadline;
  }

  private PrivatePipe pipe() throws ErrnoException {
    if (pipe == null) {
      pipe = new PrivatePipe();
    }
    return pipe;
  }

  private static boolean hasRoom(Client client, PrivatePipe pipe) throws IOException {
    return client.waiter().eventsNow(pipe.writeEnd(), PollSet.WRITABLE) != 0;
  }

  private interface Input {
    long take() throws ErrnoException;
  }

  /** Some input: the count; 0 when it has just turned out that there is no more; would block. */
  private long input(Client client, Input input) throws IOException {
    long n;
    try {
      n = input.take();
    } catch (ErrnoException e) {
      throw new BrokenStreamException("the peer's end broke (" + e.getMessage() + ")");
    }
    if (n != 0) {
      return n;
    }
    // A FIFO reads as ended before its first writer comes, too; only then poll knows no hang-up.
    int events = client.waiter().eventsNow(endpoint.descriptor(), PollSet.READABLE);
    if (endpoint.isPipe() && events != PollSet.HANGUP) {
      return Posix.WOULD_BLOCK;
    }
    atEnd = true;
    return 0;
  }

  /** Memory behind what has overflowed already. */
  private MemorySegment room(long bytes) throws ErrnoException {
    if (overflow == null || overflow.size() - overflowEnd < bytes) {
      NativeBuffer larger = NativeBuffer.allocate(overflowEnd - overflowStart + bytes);
      long kept = overflowEnd - overflowStart;
      if (overflow != null) {
        MemorySegment.copy(overflow.memory(), overflowStart, larger.memory(), 0, kept);
        overflow.close();
      }
      overflow = larger;
      overflowStart = 0;
      overflowEnd = kept;
    }
    return overflow.memory().asSlice(overflowEnd, bytes);
  }

  private MemorySegment overflowed(long atMost) {
    if (overflow == null) {
      throw new IllegalStateException("more asked for than was taken");
    }
    return overflow.memory().asSlice(overflowStart, Math.min(atMost, overflowEnd - overflowStart));
  }

  private void dropOverflow(long bytes) {
    overflowStart += bytes;
    if (overflowStart == overflowEnd && overflow != null) {
      overflow.close();
      overflow = null;
      overflowStart = 0;
      overflowEnd = 0;
    }
  }
}
