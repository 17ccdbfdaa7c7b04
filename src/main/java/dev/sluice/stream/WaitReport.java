package dev.sluice.stream;

import dev.sluice.endpoint.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * Tells of one client's waits: those who measure, and, while its request is served, those who look
 * at the export. Confined to the session's thread.
 */
final class WaitReport {

  private final ByteStream stream;
  private @Nullable String arrival;
  private @Nullable Runnable firstWait;

  WaitReport(ByteStream stream) {
    this.stream = stream;
  }

  /** Has somebody told of the first wait from here on. */
  void tellFirst(Runnable told) {
    firstWait = told;
  }

  /** Begins to wait for the peer to come; returns what {@link #endArrival} takes. */
  @Nullable String beginArrival(Endpoint endpoint) {
    arrival = endpoint.isPipe() ? "a peer to open the FIFO" : "a peer to connect to the socket";
    stream.observer().waitBegins(Wait.PEER);
    return stream.waits().begin(arrival);
  }

  void endArrival(@Nullable String outer) {
    arrival = null;
    stream.waits().end(outer);
    stream.observer().waitEnds(Wait.PEER);
  }

  /** What a wait within a request is for. */
  String inWords(Wait cause) {
    String toPeer =
        stream.direction() == Direction.WRITE ? "the peer to read" : "the peer to write";
    return switch (cause) {
      case PEER -> arrival == null ? toPeer : arrival;
      case RATE_LIMIT -> "the rate limit";
      case CLIENT -> "the client to take its replies";
      case WINDOW_MEMORY, OTHER_CLIENT -> "";
    };
  }

  /** Begins a wait; returns what {@link #end} takes. */
  @Nullable String begin(Wait cause, String what) {
    if (firstWait != null) {
      firstWait.run();
      firstWait = null;
    }
    if (arrival == null) {
      stream.observer().waitBegins(cause);
    }
    return stream.lock().isMine() ? stream.waits().begin(what) : null;
  }

  void end(Wait cause, long since, @Nullable String outer) {
    if (stream.lock().isMine()) {
      stream.waits().end(outer);
    }
    if (arrival == null) {
      stream.observer().waitEnds(cause);
    }
    stream.observer().waited(cause, System.nanoTime() - since);
  }
}
