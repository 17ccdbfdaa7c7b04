package dev.sluice.api.request;

import dev.sluice.stream.Assurances;
import org.jspecify.annotations.Nullable;

/** The body of {@code POST /exports/NAME/finish}: what its sender vouches for. */
public record FinishRequest(@Nullable Pad pad, @Nullable Unread unread) implements RequestFields {

  /** What fills up the rest of the declared size. */
  enum Pad {
    ZERO
  }

  /** What is done about bytes that no client has read. */
  enum Unread {
    ACCEPT
  }

  /** Returns what the sender vouches for. */
  public Assurances assurances() {
    return new Assurances(pad != null, false, unread != null, false);
  }
}
