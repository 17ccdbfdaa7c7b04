package dev.sluice.export.record;

import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The recorded state of an export.
 *
 * @param status its status, without clients and without a cause of waiting
 * @param events the changes of its state, or the last ones of many
 */
public record SavedState(StreamStatus status, List<Event> events) {

  private static final int MAX_FAILURE = 3000;
  private static final int MAX_NOTE = 1500;

  /** The longest text. The journal reserves room for it. */
  private static final int MAX_TEXT = 5900;

  /** Returns the text form, with as many of the last events as fit. */
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

  /** Parses the text form. */
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
