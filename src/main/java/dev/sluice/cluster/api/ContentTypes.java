package dev.sluice.cluster.api;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotSupportedException;

/** The content types that the REST API accepts. */
final class ContentTypes {

  static final List<MediaType> JSON = List.of(MediaType.APPLICATION_JSON);

  static final List<MediaType> PATCH =
      List.of(MediaType.APPLICATION_JSON, MediaType.valueOf("application/merge-patch+json"));

  private ContentTypes() {}

  /** Fails unless the request has one of these types. */
  static void require(List<MediaType> types, ApiCall call)
      throws HttpMediaTypeNotSupportedException {
    MediaType sent = parsed(call.headers().get(HttpHeaders.CONTENT_TYPE));
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
