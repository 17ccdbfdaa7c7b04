package dev.sluice.stream;

import java.io.IOException;

/**
 * Ends a stream as complete on somebody's word, where no client's goodbye can tell. As a client's
 * last write, it waits for the peer to take everything. A stream is finished once at a time, and
 * not while a client is attached; ending the stream ends it.
 */
public final class Finish {

  private final ByteStream stream;
  private final Assurances vouched;

  /**
   * An end of the stream, for {@link #run}.
   *
   * @param vouched what that somebody vouches for: zeroes for what is missing of the declared size
   *     ({@code padTail}), or bytes that nobody wants ({@code acceptUnread})
   */
  public Finish(ByteStream stream, Assurances vouched) {
    this.stream = stream;
    this.vouched = vouched;
  }

  /**
   * Does it, on the current thread.
   *
   * @param waits is told of the first wait
   * @throws RefusedRequestException when bytes are missing, a client is attached, or the stream is
   *     being finished already
   * @throws StreamEndedException when it has ended already
   */
  public void run(Runnable waits) throws IOException {
    Lifecycle lifecycle = stream.lifecycle();
    if (!lifecycle.beginFinishing()) {
      if (lifecycle.state().ended()) {
        throw lifecycle.ended();
      }
      throw new RefusedRequestException("a client is attached; only its own goodbye can tell");
    }
    try (Client nobody = new Client(new NoTransport(), stream)) {
      nobody.waiter().watchConnection(false);
      nobody.waiter().report().tellFirst(waits);
      stream.lock().take(nobody, () -> stream.doFinish(nobody, vouched));
    } finally {
      String reason =
          "the stream could not be finished at position %d".formatted(stream.position());
      stream.absence().note(lifecycle.endFinishing(reason), false);
    }
  }
}
