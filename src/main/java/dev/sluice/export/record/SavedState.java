package dev.sluice.export.record;

import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an export goes on, as far as it is kept.
 *
 * @param status with nobody attached, and nothing waited for
 * @param events the changes of its state, the last of many
 */
public record SavedState(StreamStatus status, List<Event> events) {

  private static final int MAX_FAILURE = 3000;
  private static final int MAX_NOTE = 1500;

  /** The longest text, for which the journal reserves room. */
  private static final int MAX_TEXT = 5900;

  /** As text; of many events the last for which there is room. */
  String text() {
    List<Event> kept = events;
    String text = text(kept);
    while (text.length() > MAX_TEXT && !kept.isEmpty()) {
      kept = kept.subList(1, kept.size());
      text = text(kept);
    }
    return text;
  }

  private String text(List<Event> kept) {
    return new Fields()
        .put("state", status.state())
        .put("position", status.position())
        .put("startedAt", status.startedAt())
        .put("endedAt", status.endedAt())
        .put("failure", cut(status.failure(), MAX_FAILURE))
        .put("note", cut(status.note(), MAX_NOTE))
        .put("digest", status.digest())
        .putAll("event", kept)
        .text();
  }

  private static @Nullable String cut(@Nullable String text, int most) {
    return text == null ? null : Texts.cutWritten(text, most);
  }

  /** That of a text. */
  static SavedState parse(String text) {
    Fields fields = Fields.parse(text);
    return new SavedState(
        new StreamStatus(
            StreamState.valueOf(fields.get("state")),
            fields.number("position"),
            0,
            fields.findTime("startedAt"),
            fields.findTime("endedAt"),
            fields.find("failure"),
            null,
            fields.find("note"),
            fields.find("digest")),
        fields.all("event", Event::parse));
  }
}
