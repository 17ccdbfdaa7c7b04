package dev.sluice.export.record;

import dev.sluice.stream.StreamState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A change of an export's state.
 *
 * @param at when
 * @param state the new one
 * @param position where the stream was
 * @param reason why, if there is a reason; the first part of a long one
 */
public record Event(Instant at, StreamState state, long position, @Nullable String reason) {

  private static final int MAX_REASON = 100;

  /** One, with no more of the reason than is kept. */
  static Event of(Instant at, StreamState state, long position, @Nullable String reason) {
    return new Event(at, state, position, reason == null ? null : Texts.cut(reason, MAX_REASON));
  }

  @Override
  public String toString() {
    return "%s %s %d %s".formatted(at, state, position, reason == null ? "" : reason);
  }

  /** One of a text. */
  static Event parse(String text) {
    String[] words = text.split(" ", 4);
    return new Event(
        Instant.parse(words[0]),
        StreamState.valueOf(words[1]),
        Long.parseLong(words[2]),
        words[3].isEmpty() ? null : words[3]);
  }
}
