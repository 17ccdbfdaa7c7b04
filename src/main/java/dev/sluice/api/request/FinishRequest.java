package dev.sluice.api.request;

import dev.sluice.stream.Assurances;
import org.jspecify.annotations.Nullable;

/** The body of {@code POST /exports/NAME/finish}: what whoever asks for it vouches for. */
public record FinishRequest(@Nullable Pad pad, @Nullable Unread unread) implements RequestFields {

  /** What the rest of a declared size is. */
  enum Pad {
    ZERO
  }

  /** What becomes of bytes that no client has read. */
  enum Unread {
    ACCEPT
  }

  /** What is vouched for. */
  public Assurances assurances() {
    return new Assurances(pad != null, false, unread != null, false);
  }
}
