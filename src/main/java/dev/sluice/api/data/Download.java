package dev.sluice.api.data;

import dev.sluice.access.http.RawConnection;
import dev.sluice.api.problem.ProblemException;
import dev.sluice.endpoint.InnerPipe;
import dev.sluice.export.Export;
import dev.sluice.logging.LogContext;
import dev.sluice.posix.PollSet;
import dev.sluice.posix.Posix;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A peer that gets the bytes that clients write, from its arrival until its end. The peer has
 * everything if it closed its connection after reading all of it, or, if it asked for that, when it
 * confirms it. Nothing else proves it. Only the wait for the first byte has a limit here; all
 * others are those of the stream.
 */
final class Download implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Download.class);

  /**
   * Polling interval for what does not end a wait by itself: the other side of the one waited for.
   */
  private static final int POLL_MILLIS = 100;

  private static final int ACKNOWLEDGEMENT_MILLIS = 5;

  private final Export export;
  private final InnerPipe.FarEnd pipe;
  private final RawConnection connection;
  private final DownloadAnswer answer;
  private final Arrival arrival;

  /** Takes over the pipe and the connection, and closes them. */
  Download(Export export, InnerPipe.FarEnd pipe, RawConnection connection, DownloadAnswer answer) {
    this.export = export;
    this.pipe = pipe;
    this.connection = connection;
    this.answer = answer;
    this.arrival = new Arrival(export, pipe);
  }

  /** The stream has ended, and is not complete. */
  private static final class AbortedException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public void run() {
    try (LogContext _ = LogContext.of(export.name())) {
      ProblemException problem = arrival.awaitStream(connection::hasEnded);
      if (problem == null) {
        problem = carry();
      }
      pipe.close();
      if (problem != null) {
        connection.leave();
        answer.fail(problem);
      }
    } catch (IOException | InterruptedException e) {
      breakOff();
    } catch (RuntimeException | Error e) { // otherwise the far end stays open
      log.error("The data of {} cannot be sent on", export.name(), e);
      breakOff();
    }
  }

  private void breakOff() {
    pipe.close();
    connection.reset(answer::end);
  }

  private @Nullable ProblemException carry() throws IOException, InterruptedException {
    try (PollSet poll = new PollSet(1)) {
      poll.set(0, pipe.number(), PollSet.READABLE);
      try {
        while (!poll.await(POLL_MILLIS) && !pipe.receipt().isLast()) {
          requireBoth();
        }
        requireBoth();
      } catch (AbortedException e) {
        return arrival.ended(); // no header is sent yet, so a problem can be
      }
      try (DataFrame frame = answer.begin(export)) {
        sendAll(frame, poll);
        frame.end();
        send(frame);
        if (answer.isToBeConfirmed()) {
          awaitConfirmation();
        } else {
          awaitTaken();
        }
      } catch (AbortedException e) {
        throw new IOException("the stream was aborted", e);
      }
      pipe.receipt().take();
      connection.close();
      answer.end();
      return null;
    }
  }

  private void requireBoth() throws IOException, AbortedException {
    if (pipe.isOver()) {
      throw new AbortedException();
    }
    if (connection.hasEnded()) {
      throw new IOException("the peer has gone");
    }
  }

  private void sendAll(DataFrame frame, PollSet poll) throws IOException, AbortedException {
    while (true) {
      boolean last = pipe.receipt().isLast(); // read first: then everything is in the pipe
      long n = frame.fill(pipe.number(), last);
      if (n == Posix.WOULD_BLOCK && last) {
        return;
      } else if (n == Posix.WOULD_BLOCK) {
        awaitMore(poll);
      } else if (n == 0) {
        throw new AbortedException();
      } else {
        send(frame);
      }
    }
  }

  /**
   * Waits for data. While the last byte is held back, the pipe is always readable, so this waits on
   * the connection instead.
   */
  private void awaitMore(PollSet poll) throws IOException, AbortedException {
    requireBoth();
    if (poll.await(0)) {
      connection.awaitInput(ACKNOWLEDGEMENT_MILLIS);
    } else {
      poll.await(POLL_MILLIS);
    }
  }

  private void send(DataFrame frame) throws IOException, AbortedException {
    while (frame.out().hasRemaining() || !connection.isFlushed()) {
      int n = frame.out().hasRemaining() ? connection.send(frame.out()) : 0;
      pipe.receipt().hold(frame.held());
      if (n == 0) {
        connection.awaitRoom(POLL_MILLIS);
        requireBoth();
      } else if (pipe.isOver()) {
        throw new AbortedException();
      }
    }
  }

  private void awaitTaken() throws IOException, AbortedException {
    while (!connection.hasTakenEverything()) {
      if (pipe.isOver()) {
        throw new AbortedException();
      }
      connection.awaitInput(connection.hasEnded() ? ACKNOWLEDGEMENT_MILLIS : POLL_MILLIS);
    }
  }

  /** Waits for the confirmation. The connection is not needed for it, and may end in any way. */
  private void awaitConfirmation() throws AbortedException, InterruptedException {
    pipe.receipt().awaitConfirmation();
    while (!pipe.receipt().awaitTaken(POLL_MILLIS)) {
      if (pipe.isOver()) {
        throw new AbortedException();
      }
    }
  }
}
