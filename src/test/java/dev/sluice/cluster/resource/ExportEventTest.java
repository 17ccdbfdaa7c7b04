package dev.sluice.cluster.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.StreamState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExportEventTest {

  private static final String BEGUN = "2026-11-30T12:00:00.000Z";

  private static StreamExportStatus status(
      @Nullable StreamState phase, long position, @Nullable String begun, @Nullable String why) {
    return new StreamExportStatus(
        1L, phase, position, 10L, null, null, begun, null, null, why, null, null);
  }

  private static final StreamExportStatus WAITING = status(StreamState.WAITING, 0, null, null);
  private static final StreamExportStatus STREAMING = status(StreamState.STREAMING, 4, BEGUN, null);
  private static final StreamExportStatus INTERRUPTED =
      status(StreamState.INTERRUPTED, 5, BEGUN, "the client left");
  private static final StreamExportStatus COMPLETED =
      status(StreamState.COMPLETED, 10, BEGUN, null);

  private static final ExportEvent STARTED =
      new ExportEvent(true, "Started", "Started at " + BEGUN, false);
  private static final ExportEvent ENDED =
      new ExportEvent(true, "Completed", "Completed at position 10", false);

  @Test
  void beginningAndEndAreToldOneAfterTheOther() {
    assertThat(ExportEvent.between(StreamExportStatus.NONE, WAITING)).isEmpty();
    assertThat(ExportEvent.between(WAITING, STREAMING)).containsExactly(STARTED);
    assertThat(ExportEvent.between(STREAMING, STREAMING)).isEmpty();
    assertThat(ExportEvent.between(STREAMING, COMPLETED)).containsExactly(ENDED);
  }

  @Test
  void aStreamThatBeganAndEndedInBetweenIsToldOfTwice() {
    assertThat(ExportEvent.between(WAITING, COMPLETED)).containsExactly(STARTED, ENDED);
  }

  @Test
  void whatComesAndGoesMayRecur() {
    ExportEvent left =
        new ExportEvent(false, "Interrupted", "Interrupted at position 5: the client left", true);
    assertThat(ExportEvent.between(STREAMING, INTERRUPTED)).containsExactly(left);
    assertThat(ExportEvent.between(WAITING, INTERRUPTED)).containsExactly(STARTED, left);
    assertThat(ExportEvent.between(INTERRUPTED, STREAMING))
        .containsExactly(new ExportEvent(true, "Started", "Started again at position 4", true));
  }

  @Test
  void aFailureIsTold() {
    StreamExportStatus failed = status(StreamState.FAILED, 0, null, "no peer came");
    assertThat(ExportEvent.between(WAITING, failed))
        .containsExactly(
            new ExportEvent(false, "Failed", "Failed at position 0: no peer came", false));
  }
}
