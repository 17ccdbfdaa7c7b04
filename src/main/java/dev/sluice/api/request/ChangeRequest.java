package dev.sluice.api.request;

import dev.sluice.export.ByteCount;
import dev.sluice.stream.StreamSettings;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code PATCH /exports/NAME}, a JSON merge patch (RFC 7396). A missing field changes
 * nothing. A null removes the size or the limit.
 */
public record ChangeRequest(
    @Bytes(ByteCount.SIZE) @Nullable Long size, @Bytes(ByteCount.RATE) @Nullable Long rateLimit)
    implements RequestFields {

  /** Returns the settings after the change. */
  public static StreamSettings apply(JsonBody<ChangeRequest> body, StreamSettings settings) {
    Long size = body.value().size();
    Long rateLimit = body.value().rateLimit();
    StreamSettings changed = settings;
    if (body.has("size")) {
      changed = changed.withSize(size == null ? OptionalLong.empty() : OptionalLong.of(size));
    }
    if (body.has("rateLimit")) {
      changed = changed.withRateLimit(rateLimit == null ? 0 : rateLimit);
    }
    return changed;
  }
}
