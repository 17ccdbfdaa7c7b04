package dev.sluice.export;

import dev.sluice.stream.StreamListener;
import dev.sluice.stream.StreamStatus;
import java.io.IOException;

/**
 * Calls two listeners, one after the other. The second one is told of a state even if the first one
 * fails.
 */
record BothListeners(StreamListener first, StreamListener second) implements StreamListener {

  @Override
  public void begins() throws IOException {
    first.begins();
    second.begins();
  }

  @Override
  public void stateChanged(StreamStatus status) {
    try {
      first.stateChanged(status);
    } finally {
      second.stateChanged(status);
    }
  }

  @Override
  public void clientDropped(String reason) {
    first.clientDropped(reason);
    second.clientDropped(reason);
  }

  @Override
  public void clientLeaves() {
    first.clientLeaves();
    second.clientLeaves();
  }

  @Override
  public void clientLeft() {
    first.clientLeft();
    second.clientLeft();
  }
}
