package dev.sluice.api.request;

import dev.sluice.export.ByteCount;
import dev.sluice.stream.StreamSettings;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code PATCH /exports/NAME}, a JSON merge patch (RFC 7396): what is left out stays as
 * it is, and a null removes a size or a limit.
 */
public record ChangeRequest(
    @Bytes(ByteCount.SIZE) @Nullable Long size, @Bytes(ByteCount.RATE) @Nullable Long rateLimit)
    implements RequestFields {

  /** Settings as they are after the change that a body asks for. */
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
