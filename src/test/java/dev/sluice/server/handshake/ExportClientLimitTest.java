package dev.sluice.server.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.export.Export;
import dev.sluice.server.RunningServer;
import dev.sluice.stream.Direction;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ExportClientLimitTest {

  private static final int ROUNDS = 500;
  private static final int AT_ONCE = 4;

  @Test
  @Slow("Races many clients, again and again.")
  void noMoreClientsAreAttachedThanThereMayBeHoweverManyComeAtOnce() throws Exception {
    try (RunningServer server = RunningServer.start();
        ExecutorService loops = Executors.newFixedThreadPool(AT_ONCE)) {
      Export export = server.export("wanted", Direction.WRITE, 4096);
      ExportClientLimit clientLimit = new ExportClientLimit(1);
      List<Callable<Boolean>> clients =
          Collections.nCopies(AT_ONCE, () -> isAttached(clientLimit, export));
      for (int round = 0; round < ROUNDS; round++) {
        int attached = 0;
        for (Future<Boolean> client : loops.invokeAll(clients)) {
          attached += client.get() ? 1 : 0;
        }
        assertThat(attached).isOne();
        export.stream().detach();
      }
    }
  }

  private static boolean isAttached(ExportClientLimit clientLimit, Export export)
      throws IOException {
    try {
      clientLimit.attach(export);
      return true;
    } catch (RefusedClientException e) {
      return false;
    }
  }
}
