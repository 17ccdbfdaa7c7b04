package dev.sluice.stream;

import org.jspecify.annotations.Nullable;

/**
 * What becomes of a stream when clients leave it: it is interrupted, or, if it has not begun, gives
 * up what it holds of the memory for windows when nobody goes on with it in time.
 */
final class Absence {

  private final ByteStream stream;
  private final Clocks clocks;

  Absence(ByteStream stream, Clocks clocks) {
    this.stream = stream;
    this.clocks = clocks;
  }

  /**
   * Somebody leaves.
   *
   * @param lacking what the stream lacks to be complete, in words that go on with a sentence
   * @param client who it is, if it got as far as that
   */
  void begin(String reason, String lacking, @Nullable Client client) {
    if (client != null && client.isActive()) {
      clocks.noteActivity();
    }
    String where = "%s at position %d%s".formatted(reason, stream.position(), lacking);
    note(stream.lifecycle().detach(where), client != null && client.wasSentAway());
  }

  /**
   * Somebody has left.
   *
   * @param interruption what the lifecycle said to that
   * @param sentAway whether it had to go because it did nothing
   */
  void note(int interruption, boolean sentAway) {
    if (interruption != 0) {
      stream.listener().stateChanged(stream.status());
      clocks.awaitResumption(interruption);
      return;
    }
    stream.listener().clientLeft();
    if (isHoldingUp()) {
      clocks.awaitReturn(sentAway);
    }
  }

  /** Nobody has come in time. Any thread; waits for nothing. */
  void giveUp() {
    stream
        .lock()
        .takeSoon(
            () -> {
              if (isHoldingUp()) {
                stream.giveUpWindows();
              }
              if (isHoldingUp()) {
                clocks.awaitAttention();
              }
            });
  }

  /** Nobody has come for long, and what is held cannot be given up. Any thread. */
  void end(String reason) {
    if (isHoldingUp()) {
      stream.fail(reason);
    }
  }

  /** Whether nobody is there, nothing has begun, and others could have the memory. */
  private boolean isHoldingUp() {
    return stream.lifecycle().isAbandoned() && stream.memory().isHeld();
  }
}
