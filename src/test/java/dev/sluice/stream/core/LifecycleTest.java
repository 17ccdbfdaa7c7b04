package dev.sluice.stream.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.posix.ErrnoException;
import dev.sluice.stream.StreamState;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LifecycleTest {

  private final Lifecycle lifecycle = new Lifecycle();

  @Test
  void nobodyAttachesToARetiredStream() throws ErrnoException {
    assertThat(lifecycle.retire()).isTrue();
    assertThat(lifecycle.attach()).isFalse();
    assertThat(lifecycle.beginFinishing()).isFalse();
  }

  @Test
  void aStreamWithAClientIsNotRetired() throws ErrnoException {
    assertThat(lifecycle.attach()).isTrue();
    assertThat(lifecycle.retire()).isFalse();
    assertThat(lifecycle.attach()).isTrue();
    lifecycle.detach("first");
    lifecycle.detach("second");
    assertThat(lifecycle.retire()).isTrue();
  }

  @Test
  void onlyTheFirstEndCounts() throws ErrnoException {
    lifecycle.streaming();
    assertThat(lifecycle.end(StreamState.FAILED, () -> "first")).isTrue();
    assertThat(lifecycle.end(StreamState.COMPLETED, () -> null)).isFalse();
    assertThat(lifecycle.status(() -> 0, () -> null, () -> null).state())
        .isEqualTo(StreamState.FAILED);
    assertThat(lifecycle.status(() -> 0, () -> null, () -> null).failure()).isEqualTo("first");
    assertThat(lifecycle.attach()).isFalse();
  }

  /** A request that holds the lock can move bytes after the end, until the endpoint is closed. */
  @Test
  void whyItFailedNamesThePositionThatItHasInTheEnd() {
    AtomicLong position = new AtomicLong(3);
    lifecycle.end(StreamState.FAILED, () -> "the tape tore at position " + position);
    position.set(7);

    assertThat(lifecycle.failure()).isEqualTo("the tape tore at position 7");
  }

  @Test
  void theDescriptorsAreThereWhileAClientIs() throws ErrnoException {
    assertThat(lifecycle.wakeDescriptor()).isNegative();
    lifecycle.attach();
    assertThat(lifecycle.wakeDescriptor()).isNotNegative();
    assertThat(lifecycle.completionDescriptor()).isNotNegative();
    lifecycle.detach("gone");
    assertThat(lifecycle.wakeDescriptor()).isNegative();
    assertThat(lifecycle.completionDescriptor()).isNegative();
  }
}
