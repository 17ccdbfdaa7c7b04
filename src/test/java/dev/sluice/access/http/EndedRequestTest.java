package dev.sluice.access.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Whoever ends a request may find that Tomcat has ended it. */
class EndedRequestTest {

  @Test
  void whatTomcatHasEndedByItselfIsNoFailure() {
    AtomicInteger ended = new AtomicInteger();
    RawConnection.endRequest(
        () -> {
          ended.incrementAndGet();
          throw new IllegalStateException("noticed");
        });
    RawConnection.endRequest(ended::incrementAndGet);
    assertThat(ended).hasValue(2);
  }
}
