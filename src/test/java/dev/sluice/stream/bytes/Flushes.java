package dev.sluice.stream.bytes;

import dev.sluice.stream.bytes.TestSession.Operation;
import java.io.IOException;

/** A client that sends requests and brings nothing by them, until it is sent away. */
final class Flushes {

  private Flushes() {}

  /** What a client does again and again. */
  interface Habit {
    void indulge() throws IOException;
  }

  /** One more of them; returns whether the client is still served. */
  static boolean oneMore(TestClient client) {
    return once(client, client::flush);
  }

  /** The same with any other request. */
  static boolean once(TestClient client, Habit habit) {
    try {
      if (client.isServed()) {
        habit.indulge();
      }
    } catch (IOException sentAway) {
      // Which is what is to happen, perhaps within it.
    }
    return client.isServed();
  }

  /** From now on the next one is always there already, so that the client is never waited for. */
  static void withoutPause(Rig rig, TestClient client) {
    rig.inThread(
        () -> {
          while (client.isServed()) {
            client.send(Operation.FLUSH, 0, 0);
          }
          return null;
        });
    rig.inThread(
        () -> {
          while (client.isServed()) {
            client.receive(TestSession.STATUS);
          }
          return null;
        });
  }
}
