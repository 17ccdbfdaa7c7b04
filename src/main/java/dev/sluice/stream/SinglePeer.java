package dev.sluice.stream;

import dev.sluice.endpoint.Endpoint;
import java.io.IOException;

/** Sees to it that one peer has the endpoint: a second one takes, or adds, a part of the bytes. */
final class SinglePeer {

  private final StreamCore core;
  private final Endpoint endpoint;

  SinglePeer(StreamCore core, Endpoint endpoint, StreamTimers timers) {
    this.core = core;
    this.endpoint = endpoint;
    endpoint.onAlarm(() -> timers.soon(this::look));
    String caveat = endpoint.caveat();
    if (caveat != null) {
      core.lifecycle().note(caveat);
    }
  }

  /** Throws if there was more than one up to now. */
  void require() throws IOException {
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
