package dev.sluice.stream.request;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.stream.core.StreamCore;
import java.io.IOException;

/**
 * Fails the stream if a second peer opens its endpoint, because that takes, or adds, a part of the
 * bytes.
 */
public final class SinglePeer {

  private final StreamCore core;
  private final Endpoint endpoint;

  public SinglePeer(StreamCore core, Endpoint endpoint, StreamTimers timers) {
    this.core = core;
    this.endpoint = endpoint;
    endpoint.onAlarm(() -> timers.soon(this::look));
    String caveat = endpoint.caveat();
    if (caveat != null) {
      core.lifecycle().note(caveat);
    }
  }

  /** Throws if there was more than one peer so far. */
  public void require() throws IOException {
    endpoint.requireOnePeer();
  }

  private void look() {
    try {
      require();
    } catch (IOException e) {
      core.fail(String.valueOf(e.getMessage()));
    }
  }
}
