package dev.sluice.cluster.owner;

import dev.sluice.stream.StreamListener;
import dev.sluice.stream.StreamStatus;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/** Lets the first byte of a stream pass only while no other pod can have begun it. */
final class FirstByteGate implements StreamListener {

  private final BooleanSupplier isMine;
  private volatile boolean refused;

  /**
   * Creates the gate of one stream.
   *
   * @param isMine whether no other pod can have it
   */
  FirstByteGate(BooleanSupplier isMine) {
    this.isMine = isMine;
  }

  @Override
  public void begins() throws IOException {
    if (!isMine.getAsBoolean()) {
      refused = true;
      throw new IOException("the Lease of this pod is over, and another one may begin this stream");
    }
  }

  @Override
  public void stateChanged(StreamStatus status) {}

  /** Returns whether the first byte was refused. The stream has ended without one. */
  boolean isRefused() {
    return refused;
  }
}
