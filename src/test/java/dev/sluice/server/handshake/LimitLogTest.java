package dev.sluice.server.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.client.ClientIdentity;
import dev.sluice.server.Warnings;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LimitLogTest {

  private static final ClientIdentity CLIENT =
      new ClientIdentity(InetAddress.ofLiteral("192.0.2.1"), null);

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // it may well wrap around
  private final LimitLog log = new LimitLog(now::get);

  @Test
  void aMinuteHasOneLineOfEachLimitAndTheNextSaysHowManyWereLeftOut() {
    try (Warnings warnings = Warnings.of(LimitLog.class.getName())) {
      for (int i = 0; i < 5; i++) {
        log.reached(Limit.OPTIONS, CLIENT, "too many");
        log.reached(Limit.CONNECTIONS, CLIENT, "too full");
      }
      assertThat(warnings.list())
          .containsExactly(
              "A client from 192.0.2.1 is refused: too many",
              "A client from 192.0.2.1 is refused: too full");

      now.addAndGet(Duration.ofMinutes(1).toNanos() - 1);
      log.reached(Limit.OPTIONS, CLIENT, "too many");
      assertThat(warnings.list()).hasSize(2);

      now.incrementAndGet();
      log.reached(Limit.OPTIONS, CLIENT, "too\nmany");
      assertThat(warnings.list().getLast())
          .isEqualTo(
              "A client from 192.0.2.1 is refused: too?many"
                  + " (and 5 times more since the last such line)");

      now.addAndGet(Duration.ofMinutes(1).toNanos());
      log.reached(Limit.OPTIONS, CLIENT, "too many");
      assertThat(warnings.list().getLast()).endsWith("too many");
    }
  }
}
