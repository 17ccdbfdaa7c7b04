package dev.sluice.cluster.resource;

import dev.sluice.stream.StreamState;
import java.util.ArrayList;
import java.util.List;

/**
 * What an Event of Kubernetes tells of an export.
 *
 * @param normal whether it is as it should be
 * @param reason one word for it
 * @param message a sentence about it
 * @param mayRecur whether clients can bring it about again and again
 */
public record Happening(boolean normal, String reason, String message, boolean mayRecur) {

  /**
   * What has happened between two statuses, in that order. A short stream may have begun and ended
   * between them, and it is told of both.
   */
  public static List<Happening> between(StreamExportStatus before, StreamExportStatus now) {
    List<Happening> all = new ArrayList<>();
    boolean begins = before.startTime() == null && now.startTime() != null;
    if (begins) {
      all.add(new Happening(true, "Started", "Started at " + now.startTime(), false));
    }
    StreamState phase = now.phase();
    if (phase == null || phase == before.phase() || phase == StreamState.WAITING) {
      return all;
    }
    if (phase == StreamState.STREAMING) {
      if (!begins) {
        all.add(new Happening(true, "Started", position("Started again", now), true));
      }
      return all;
    }
    String reason = Conditions.reason(phase);
    String why = now.failure() == null ? "" : ": " + now.failure();
    boolean normal = phase == StreamState.COMPLETED;
    all.add(new Happening(normal, reason, position(reason, now) + why, !phase.ended()));
    return all;
  }

  private static String position(String what, StreamExportStatus now) {
    return "%s at position %d".formatted(what, now.position());
  }
}
