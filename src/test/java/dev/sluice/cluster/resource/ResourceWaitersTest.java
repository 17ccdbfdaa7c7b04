package dev.sluice.cluster.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waiting for a resource. */
@Timeout(60)
class ResourceWaitersTest {

  private static final Duration LONG = Duration.ofMinutes(5);

  private final ResourceWaiters watches = new ResourceWaiters();
  private final AtomicReference<Optional<StreamExport>> known =
      new AtomicReference<>(Optional.empty());

  @Test
  void whatIsSoAlreadyIsNotWaitedFor() throws Exception {
    assertThat(watches.await(known::get, Optional::isEmpty, LONG)).isEmpty();
  }

  @Test
  void whoeverWaitsSeesWhatIsLearntLater() throws Exception {
    StreamExport resource = new StreamExport();
    CountDownLatch looks = new CountDownLatch(1);
    CompletableFuture<Optional<StreamExport>> seen = new CompletableFuture<>();
    Thread waiter =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    seen.complete(
                        watches.await(
                            () -> {
                              looks.countDown();
                              return known.get();
                            },
                            Optional::isPresent,
                            LONG));
                  } catch (InterruptedException e) {
                    seen.completeExceptionally(e);
                  }
                });
    looks.await();

    known.set(Optional.of(resource));
    watches.tell();

    assertThat(seen.get(50, TimeUnit.SECONDS)).containsSame(resource);
    waiter.join();
  }

  /** What is told between the look and the wait is not missed. */
  @Test
  void whatIsToldWhileSomebodyLooksIsNotMissed() throws Exception {
    StreamExport resource = new StreamExport();
    assertThat(
            watches.await(
                () -> {
                  Optional<StreamExport> before = known.getAndSet(Optional.of(resource));
                  watches.tell();
                  return before;
                },
                Optional::isPresent,
                LONG))
        .containsSame(resource);
  }

  @Test
  void theLastThatIsKnownIsToldWhenTheTimeIsOver() throws Exception {
    StreamExport resource = new StreamExport();
    known.set(Optional.of(resource));

    assertThat(watches.await(known::get, Optional::isEmpty, Duration.ofMillis(10)))
        .containsSame(resource);
  }
}
