package dev.sluice.cluster.api;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotSupportedException;

/** What bodies may be, as the local REST API has it. */
final class Bodies {

  static final List<MediaType> JSON = List.of(MediaType.APPLICATION_JSON);

  static final List<MediaType> PATCH =
      List.of(MediaType.APPLICATION_JSON, MediaType.valueOf("application/merge-patch+json"));

  private Bodies() {}

  /** Refuses other types. */
  static void require(List<MediaType> types, Asking asking)
      throws HttpMediaTypeNotSupportedException {
    MediaType sent = parsed(asking.headers().get(HttpHeaders.CONTENT_TYPE));
    if (sent == null || types.stream().noneMatch(type -> type.includes(sent))) {
      throw new HttpMediaTypeNotSupportedException(sent, types);
    }
  }

  private static @Nullable MediaType parsed(@Nullable String type) {
    try {
      return type == null ? null : MediaType.parseMediaType(type);
    } catch (InvalidMediaTypeException e) {
      return null;
    }
  }
}
