package dev.sluice.cluster.resource;

import dev.sluice.stream.StreamState;
import java.util.ArrayList;
import java.util.List;

/**
 * The content of a Kubernetes Event about an export.
 *
 * @param normal whether the type of the Event is {@code Normal}; otherwise it is {@code Warning}
 * @param mayRecur whether clients can cause it again and again
 */
public record ExportEvent(boolean normal, String reason, String message, boolean mayRecur) {

  /**
   * Returns what has happened between two statuses, in order. A short stream may begin and end
   * between them: then there is one for each.
   */
  public static List<ExportEvent> between(StreamExportStatus before, StreamExportStatus now) {
    List<ExportEvent> all = new ArrayList<>();
    boolean begins = before.startTime() == null && now.startTime() != null;
    if (begins) {
      all.add(new ExportEvent(true, "Started", "Started at " + now.startTime(), false));
    }
    StreamState phase = now.phase();
    if (phase == null || phase == before.phase() || phase == StreamState.WAITING) {
      return all;
    }
    if (phase == StreamState.STREAMING) {
      if (!begins) {
        all.add(new ExportEvent(true, "Started", position("Started again", now), true));
      }
      return all;
    }
    String reason = Conditions.reason(phase);
    String why = now.failure() == null ? "" : ": " + now.failure();
    boolean normal = phase == StreamState.COMPLETED;
    all.add(new ExportEvent(normal, reason, position(reason, now) + why, !phase.ended()));
    return all;
  }

  private static String position(String what, StreamExportStatus now) {
    return "%s at position %d".formatted(what, now.position());
  }
}
