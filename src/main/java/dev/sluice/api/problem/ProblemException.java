package dev.sluice.api.problem;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request that the web side refuses, whatever it asks for; it is answered with a problem. */
public final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ProblemType type;
  private final transient List<FieldError> errors;

  /** A problem of this type; its detail says what was wrong, and what was expected. */
  public ProblemException(ProblemType type, String detail) {
    this(type, detail, List.of());
  }

  private ProblemException(ProblemType type, String detail, List<FieldError> errors) {
    super(detail);
    this.type = type;
    this.errors = List.copyOf(errors);
  }

  /** A request with fields that are wrong, the first one first. */
  public static ProblemException of(List<FieldError> errors) {
    return of(ProblemType.WRONG_FIELDS, errors);
  }

  /** A request that is refused for some of its fields. */
  public static ProblemException of(ProblemType type, List<FieldError> errors) {
    FieldError first = errors.getFirst();
    return new ProblemException(type, Problems.cut(first.field()) + ": " + first.detail(), errors);
  }

  /** A request with one field that is wrong. */
  public static ProblemException of(String field, @Nullable Object value, String detail) {
    return of(List.of(new FieldError(field, value, detail)));
  }

  public ProblemType type() {
    return type;
  }

  /** The fields that are wrong; none where the request is as a whole. */
  public List<FieldError> errors() {
    return errors;
  }
}
