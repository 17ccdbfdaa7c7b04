package dev.sluice.api.problem;

import dev.sluice.access.http.ForwardedPrefix;
import dev.sluice.export.ExportException;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;

/**
 * The types of problems. Each has a URI, which is the {@code type} of a problem and never changes.
 * There the service returns its section of docs/problems.md.
 */
public enum ProblemType {
  // For each status, the general type comes first, see of().
  BAD_REQUEST(HttpStatus.BAD_REQUEST, "The request is not valid"),
  WRONG_FIELDS(HttpStatus.BAD_REQUEST, "Fields or query parameters are wrong"),
  UNREADABLE_BODY(HttpStatus.BAD_REQUEST, "The body cannot be read"),
  WRONG_LENGTH(HttpStatus.BAD_REQUEST, "The body has another length than the export"),
  NO_VALID_TOKEN(HttpStatus.UNAUTHORIZED, "There is no valid token"),
  NOT_PERMITTED(HttpStatus.FORBIDDEN, "The token does not permit it"),
  FOREIGN_PAGE(HttpStatus.FORBIDDEN, "A page of another site has sent the request"),
  NO_SUCH_PATH(HttpStatus.NOT_FOUND, "There is nothing at this path"),
  NO_SUCH_EXPORT(HttpStatus.NOT_FOUND, "There is no such export"),
  WRONG_METHOD(HttpStatus.METHOD_NOT_ALLOWED, "The path does not have this method"),
  NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "There is no response of a type that you accept"),
  WRONG_STATE(HttpStatus.CONFLICT, "The state of the export does not permit it"),
  ALREADY_IN_USE(HttpStatus.CONFLICT, "The name or the file is in use"),
  OTHER_FIELDS(HttpStatus.CONFLICT, "The export was made with other fields"),
  DATA_REFUSED(HttpStatus.CONFLICT, "This peer cannot have the data"),
  STREAM_ENDED(HttpStatus.CONFLICT, "The stream has ended"),
  NOT_CONFIRMED(HttpStatus.CONFLICT, "What was confirmed is not what was sent"),
  BODY_TOO_LONG(HttpStatus.CONTENT_TOO_LARGE, "The body is too long"),
  WRONG_BODY_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "The body has another type"),
  NO_RANGES(HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "A stream has no ranges"),
  TOO_MANY_REQUESTS(HttpStatus.TOO_MANY_REQUESTS, "There are too many such requests"),
  TOO_MANY_EXPORTS(HttpStatus.TOO_MANY_REQUESTS, "There are too many exports"),
  TOO_MANY_WRONG_TOKENS(HttpStatus.TOO_MANY_REQUESTS, "There were too many wrong tokens"),
  INTERNAL_ERROR(HttpStatus.INTERNAL_SERVER_ERROR, "The service has failed"),
  UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "The system cannot do it now"),
  STOPPING(HttpStatus.SERVICE_UNAVAILABLE, "The service is stopping"),
  NOT_IN_TIME(HttpStatus.GATEWAY_TIMEOUT, "It has not happened in time"),
  WRONG_HTTP_VERSION(HttpStatus.HTTP_VERSION_NOT_SUPPORTED, "The version of HTTP is another"),
  STORE_FULL(HttpStatus.INSUFFICIENT_STORAGE, "The disk of the store is full");

  /** The path above all types. */
  public static final String PATH = "/problems/";

  private final HttpStatus status;
  private final String title;

  ProblemType(HttpStatus status, String title) {
    this.status = status;
    this.title = title;
  }

  public HttpStatus status() {
    return status;
  }

  public String title() {
    return title;
  }

  /** Returns the last part of its URI, such as {@code wrong-fields}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns its name in the form of Kubernetes' reasons, such as {@code WrongFields}. */
  public String reason() {
    return Stream.of(word().split("-"))
        .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
        .collect(Collectors.joining());
  }

  /** Returns the type for a reason. */
  public static ProblemType of(ExportException.Reason reason) {
    return switch (reason) {
      case INVALID -> WRONG_FIELDS;
      case UNKNOWN -> NO_SUCH_EXPORT;
      case CONFLICT -> ALREADY_IN_USE;
      case STATE -> WRONG_STATE;
      case FULL -> TOO_MANY_EXPORTS;
      case NO_SPACE -> STORE_FULL;
      case STOPPING -> STOPPING;
      case UNAVAILABLE -> UNAVAILABLE;
    };
  }

  /** Returns its URI as the client that sent this request reaches it. */
  URI uri(HttpServletRequest request) {
    return URI.create(ForwardedPrefix.of(request) + request.getContextPath() + PATH + word());
  }

  /** Returns the general type for a status; null if there is none. */
  static @Nullable ProblemType of(HttpStatusCode status) {
    return Stream.of(values())
        .filter(type -> type.status.isSameCodeAs(status))
        .findFirst()
        .orElse(null);
  }
}
