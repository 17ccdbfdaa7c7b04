package dev.sluice.cluster.owner;

import dev.sluice.stream.StreamListener;
import dev.sluice.stream.StreamStatus;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/** Lets the first byte of a stream pass only while nobody else can have begun it. */
final class FirstByteGate implements StreamListener {

  private final BooleanSupplier isMine;
  private volatile boolean refused;

  /**
   * That of one stream.
   *
   * @param isMine whether nobody else can have it
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

  /** Whether the stream has ended without a byte, since somebody else may have it. */
  boolean isRefused() {
    return refused;
  }
}
