package dev.sluice.stream;

import java.io.IOException;

/** A client leaves its stream, which may be complete by that, or interrupted. */
final class Leave {

  private final ByteStream stream;
  private final Goodbye goodbye;
  private boolean noted;

  Leave(ByteStream stream, Goodbye goodbye) {
    this.stream = stream;
    this.goodbye = goodbye;
  }

  /** Never throws. */
  void run(Client client) {
    String reason = goodbye.reason();
    boolean deferred = false;
    client.waiter().watchConnection(false); // which may be closed already
    try {
      if (!stream.lifecycle().state().ended()) {
        boolean lost = goodbye.kind() == Goodbye.Kind.LOST;
        deferred = stream.lock().takeLeaving(client, lost, () -> note(client));
      }
    } catch (IOException e) {
      reason = String.valueOf(e.getMessage());
    } finally {
      if (!noted && !deferred) {
        stream.absence().begin(reason, "", client);
      }
    }
  }

  private void note(Client client) throws IOException {
    boolean over = stream.lifecycle().state().ended();
    String lacking = over ? "" : stream.doLeave(client, goodbye.kind());
    noted = true;
    stream.absence().begin(goodbye.reason(), lacking, client);
  }
}
