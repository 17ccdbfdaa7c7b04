package dev.sluice.api.data;

import dev.sluice.access.http.RawConnection;
import dev.sluice.access.http.RequestBody;
import dev.sluice.api.problem.ProblemException;
import dev.sluice.endpoint.InnerPipe;
import dev.sluice.export.Export;
import dev.sluice.export.ExportChanges;
import dev.sluice.logging.LogContext;
import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.NativeBuffer;
import dev.sluice.posix.PollSet;
import dev.sluice.posix.Posix;
import dev.sluice.stream.StreamState;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A peer that puts the bytes that clients read, from its arrival until the end of the stream, which
 * it then learns. A body that is cut off is not the end of the input: it fails the stream.
 */
final class Upload implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Upload.class);

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final int BYTES = 1 << 16;
  private static final int POLL_MILLIS = 100;

  /** The stream ends at once, unless the disk with the store hangs. */
  private static final int ENDS_WITHIN_MILLIS = 5_000;

  /** Interval of the checks that cost more. */
  private static final long RARE_POLL_NANOS = 1_000_000_000;

  private static final Duration LONG = Duration.ofMinutes(1);

  private final Export export;
  private final ExportChanges changes;
  private final InnerPipe.FarEnd pipe;
  private final RawConnection connection;
  private final RequestBody body;
  private final Consumer<@Nullable Exception> answer;
  private final Arrival arrival;
  private long lookedAt = System.nanoTime();
  private long put;
  private volatile boolean reading;

  /**
   * Takes over the pipe and the connection.
   *
   * @param changes signals the end of the stream
   * @param answer receives the problem, or null if the export is COMPLETED
   */
  Upload(
      Export export,
      ExportChanges changes,
      InnerPipe.FarEnd pipe,
      RawConnection connection,
      RequestBody body,
      Consumer<@Nullable Exception> answer) {
    this.export = export;
    this.changes = changes;
    this.pipe = pipe;
    this.connection = connection;
    this.body = body;
    this.answer = answer;
    this.arrival = new Arrival(export, pipe);
  }

  @Override
  public void run() {
    try (LogContext _ = LogContext.of(export.name())) {
      ProblemException problem = arrival.awaitStream(this::hasGone);
      if (problem == null) {
        tryCarry();
        pipe.close(); // ends the input, unless it was broken off
        problem = awaitEnd();
      }
      pipe.close();
      connection.leave();
      answer.accept(problem);
    } catch (IOException | InterruptedException e) {
      breakOff();
    } catch (RuntimeException | Error e) { // otherwise the far end stays open
      log.error("The data of {} cannot be taken", export.name(), e);
      breakOff();
    }
  }

  private void breakOff() {
    try {
      breakOff("was cut off");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    pipe.close();
    connection.reset(() -> answer.accept(arrival.ended()));
  }

  /** Fails the stream before the pipe is closed, which looks like the end of the input. */
  private void breakOff(String what) throws InterruptedException {
    if (pipe.breakOff("the peer's body %s after %d bytes".formatted(what, put))) {
      pipe.receipt().awaitTaken(ENDS_WITHIN_MILLIS);
    }
  }

  /** Checks without reading, because the body may have arrived already. */
  private boolean hasGone() throws IOException {
    if (System.nanoTime() - lookedAt < RARE_POLL_NANOS) {
      return false;
    }
    lookedAt = System.nanoTime();
    return connection.isOver();
  }

  /** Carries the body. A malformed body fails the stream, and the peer still gets a response. */
  private void tryCarry() throws IOException, InterruptedException {
    try {
      carry();
    } catch (ProtocolException e) {
      breakOff("has wrong chunks");
    }
  }

  private void carry() throws IOException {
    pipe.receipt().whenOver(this::endReading);
    body.invite();
    boolean unseen = body.length() >= 0 && !export.stream().settings().copy();
    Descriptor spliced = unseen ? connection.spliced() : null;
    try (NativeBuffer memory = NativeBuffer.allocate(BYTES);
        PollSet poll = new PollSet(1)) {
      poll.set(0, pipe.number(), PollSet.WRITABLE);
      if (spliced != null) {
        putAll(body.buffered(), memory.memory(), poll);
        splice(spliced.number(), poll);
        return;
      }
      while (!pipe.isOver() && !body.isRead()) {
        ByteBuffer come = read();
        if (!come.hasRemaining() && !body.isRead()) {
          connection.awaitInput(POLL_MILLIS);
        }
        putAll(come, memory.memory(), poll);
      }
    }
  }

  /** Moves a body of known length by splice(2), since it needs no parsing. */
  private void splice(int from, PollSet poll) throws IOException {
    while (put < body.length() && !pipe.isOver()) {
      long n = spliceSome(from, body.length() - put);
      if (n > 0) {
        put += n;
      } else if (n == 0 && !pipe.isOver()) {
        throw new EOFException("the connection has ended within the body");
      } else if (!poll.await(0)) {
        poll.await(POLL_MILLIS);
      } else {
        connection.awaitInput(POLL_MILLIS);
      }
    }
  }

  private long spliceSome(int from, long most) throws ErrnoException {
    reading = true;
    try {
      return into(() -> Posix.splice(from, pipe.number(), most));
    } finally {
      reading = false;
    }
  }

  private void putAll(ByteBuffer come, MemorySegment memory, PollSet poll) throws IOException {
    while (come.hasRemaining() && !pipe.isOver()) {
      put(come, memory, poll);
    }
  }

  private ByteBuffer read() throws IOException {
    reading = true;
    try {
      return pipe.isOver() ? NOTHING : body.read();
    } finally {
      reading = false;
    }
  }

  /** Stops reading at the stream's end, which a peer could delay by a byte now and then. */
  private void endReading() {
    if (reading) {
      connection.endInput();
    }
  }

  private void put(ByteBuffer come, MemorySegment memory, PollSet poll) throws IOException {
    int count = (int) Math.min(come.remaining(), memory.byteSize());
    ByteBuffer part = come.slice(come.position(), count);
    memory.asByteBuffer().put(part);
    come.position(come.position() + count);
    for (long done = 0; done < count && !pipe.isOver(); ) {
      MemorySegment rest = memory.asSlice(done, count - done);
      long n = into(() -> Posix.write(pipe.number(), rest));
      if (n == Posix.WOULD_BLOCK) {
        poll.await(POLL_MILLIS);
      } else {
        done += n;
        put += n;
      }
    }
  }

  /** Moves bytes into the pipe. A pipe that broke at the stream's end is no error. */
  private long into(Move move) throws ErrnoException {
    try {
      return move.once();
    } catch (ErrnoException e) {
      if (pipe.isOver()) {
        return Posix.WOULD_BLOCK;
      }
      throw e;
    }
  }

  /** Moves as many bytes as it can into the pipe, and returns their number. */
  private interface Move {
    long once() throws ErrnoException;
  }

  private @Nullable ProblemException awaitEnd() throws InterruptedException {
    while (!changes.await(() -> export.stream().status().state().ended(), LONG)) {
      // no limit is needed: each wait of the stream has its own
    }
    return export.stream().status().state() == StreamState.COMPLETED ? null : arrival.ended();
  }
}
