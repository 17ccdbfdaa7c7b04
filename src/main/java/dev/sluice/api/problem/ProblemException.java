package dev.sluice.api.problem;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** A request that the web side refuses, whatever it asks for; it is answered with a problem. */
public final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final HttpStatus status;
  private final transient List<FieldError> errors;

  /** A problem of this status; its detail says what was wrong, and what was expected. */
  public ProblemException(HttpStatus status, String detail) {
    this(status, detail, List.of());
  }

  private ProblemException(HttpStatus status, String detail, List<FieldError> errors) {
    super(detail);
    this.status = status;
    this.errors = List.copyOf(errors);
  }

  /** A request with fields that are wrong, the first one first. */
  public static ProblemException of(List<FieldError> errors) {
    return of(HttpStatus.BAD_REQUEST, errors);
  }

  /** A request that is refused for some of its fields, with this status. */
  public static ProblemException of(HttpStatus status, List<FieldError> errors) {
    FieldError first = errors.getFirst();
    return new ProblemException(
        status, Problems.cut(first.field()) + ": " + first.detail(), errors);
  }

  /** A request with one field that is wrong. */
  public static ProblemException of(String field, @Nullable Object value, String detail) {
    return of(List.of(new FieldError(field, value, detail)));
  }

  public HttpStatus status() {
    return status;
  }

  /** The fields that are wrong; none where the request is as a whole. */
  public List<FieldError> errors() {
    return errors;
  }
}
