package dev.sluice.export.record;

import dev.sluice.stream.StreamState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A change of an export's state.
 *
 * @param at the time of the change
 * @param state the new state
 * @param position the stream's position then
 * @param reason why, cut to 100 characters; null if there is no reason
 */
public record Event(Instant at, StreamState state, long position, @Nullable String reason) {

  private static final int MAX_REASON = 100;

  /** Creates an event, and cuts a long reason. */
  static Event of(Instant at, StreamState state, long position, @Nullable String reason) {
    return new Event(at, state, position, reason == null ? null : Texts.cut(reason, MAX_REASON));
  }

  @Override
  public String toString() {
    return "%s %s %d %s".formatted(at, state, position, reason == null ? "" : reason);
  }

  /** Parses the text form of {@link #toString}. */
  static Event parse(String text) {
    String[] words = text.split(" ", 4);
    return new Event(
        Instant.parse(words[0]),
        StreamState.valueOf(words[1]),
        Long.parseLong(words[2]),
        words[3].isEmpty() ? null : words[3]);
  }
}
