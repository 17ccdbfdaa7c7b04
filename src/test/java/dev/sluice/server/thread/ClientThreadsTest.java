package dev.sluice.server.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ClientThreadsTest {

  private final ClientThreads threads = new ClientThreads("a-client-");
  private final CountDownLatch end = new CountDownLatch(1);
  private final List<String> names = new CopyOnWriteArrayList<>();

  private void startOne() {
    threads.start(
        number -> {
          names.add(number + " " + Thread.currentThread().getName());
          awaitEndOfTest();
        });
  }

  private void awaitEndOfTest() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void eachClientHasItsOwnThreadUntilItHasEnded() throws InterruptedException {
    startOne();
    startOne();
    assertThat(threads.count()).isEqualTo(2);
    await().until(() -> names.size() == 2);
    assertThat(names).containsExactlyInAnyOrder("1 a-client-1", "2 a-client-2");

    threads.awaitEnd(Duration.ofMillis(10));
    assertThat(threads.count()).as("the limit was too short").isEqualTo(2);
    end.countDown();
    threads.awaitEnd(Duration.ofMinutes(1));

    assertThat(threads.count()).isZero();
  }

  @Test
  void aClientWhoseWorkFailsIsCountedNoLonger() throws InterruptedException {
    threads.start(
        _ -> {
          throw new IllegalStateException("a test said so");
        });

    threads.awaitEnd(Duration.ofMinutes(1));

    assertThat(threads.count()).isZero();
  }
}
