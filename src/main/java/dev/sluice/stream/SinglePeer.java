package dev.sluice.stream;

import dev.sluice.endpoint.Endpoint;
import java.io.IOException;

/** Sees to it that one peer has the endpoint: a second one takes, or adds, a part of the bytes. */
final class SinglePeer {

  private final ByteStream stream;
  private final Endpoint endpoint;

  SinglePeer(ByteStream stream, Endpoint endpoint, Clocks clocks) {
    this.stream = stream;
    this.endpoint = endpoint;
    endpoint.onAlarm(() -> clocks.soon(this::look));
    String caveat = endpoint.caveat();
    if (caveat != null) {
      stream.lifecycle().note(caveat);
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
      stream.fail(String.valueOf(e.getMessage()));
    }
  }
}
