package dev.sluice.stream.request;

import dev.sluice.stream.Goodbye;
import dev.sluice.stream.client.Client;
import dev.sluice.stream.core.StreamCore;
import java.io.IOException;

/** Detaches a client from its stream, which may complete or interrupt the stream. */
public final class Leave {

  /** What the stream does when a client leaves. */
  public interface LastStep {
    /**
     * Called with the request lock held.
     *
     * @return what the stream lacks to be complete, as the rest of a sentence
     */
    String take(Client client, Goodbye.Kind kind) throws IOException;
  }

  private final StreamCore core;
  private final Requests requests;
  private final Absence absence;
  private final LastStep step;
  private final Goodbye goodbye;
  private boolean noted;

  public Leave(
      StreamCore core, Requests requests, Absence absence, LastStep step, Goodbye goodbye) {
    this.core = core;
    this.requests = requests;
    this.absence = absence;
    this.step = step;
    this.goodbye = goodbye;
  }

  /**
   * Detaches the client. An unchecked exception of the last step passes through after that. The
   * stream has failed by it.
   */
  public void run(Client client) {
    String reason = goodbye.reason();
    boolean deferred = false;
    client.waiter().watchConnection(false); // which may be closed already
    try {
      if (!core.lifecycle().state().ended()) {
        boolean lost = goodbye.kind() == Goodbye.Kind.LOST;
        deferred = requests.takeLeaving(client, lost, () -> note(client));
      }
    } catch (IOException e) {
      reason = String.valueOf(e.getMessage());
    } finally {
      if (!noted && !deferred) {
        absence.begin(reason, "", client);
      }
    }
  }

  private void note(Client client) throws IOException {
    boolean over = core.lifecycle().state().ended();
    String lacking = over ? "" : step.take(client, goodbye.kind());
    noted = true;
    absence.begin(goodbye.reason(), lacking, client);
  }
}
