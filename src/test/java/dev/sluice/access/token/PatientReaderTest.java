package dev.sluice.access.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reading what may hang. */
@Timeout(60)
class PatientReaderTest {

  private final PatientReader reader = new PatientReader(Duration.ofMillis(200));

  @Test
  void whatIsReadIsReturnedAndFailuresAreThrown() throws Exception {
    assertThat(reader.call(() -> 1)).isEqualTo(1);
    assertThatIOException()
        .isThrownBy(
            () ->
                reader.call(
                    () -> {
                      throw new FileNotFoundException("a");
                    }))
        .withMessage("a");
  }

  @Test
  void whatHangsIsNotWaitedForAndNotTriedAgainUntilItHasEnded() {
    CountDownLatch end = new CountDownLatch(1);
    AtomicInteger tried = new AtomicInteger();
    for (int i = 0; i < 3; i++) {
      assertThatIOException()
          .isThrownBy(() -> reader.call(() -> hang(end, tried)))
          .withMessage("it takes too long");
    }
    assertThat(tried).hasValue(1);

    end.countDown();
    await().ignoreExceptionsInstanceOf(IOException.class).until(() -> reader.call(() -> true));
  }

  /** As a file of a server that is gone: no interrupt ends it. */
  private static boolean hang(CountDownLatch end, AtomicInteger tried) {
    tried.incrementAndGet();
    while (true) {
      try {
        end.await();
        return true;
      } catch (InterruptedException e) {
        // goes on
      }
    }
  }
}
