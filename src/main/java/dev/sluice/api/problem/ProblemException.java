package dev.sluice.api.problem;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request that the REST API refuses. The response is a problem. */
public final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ProblemType type;
  private final transient List<FieldError> errors;

  /**
   * Creates a problem.
   *
   * @param detail what was wrong, and what was expected
   */
  public ProblemException(ProblemType type, String detail) {
    this(type, detail, List.of());
  }

  private ProblemException(ProblemType type, String detail, List<FieldError> errors) {
    super(detail);
    this.type = type;
    this.errors = List.copyOf(errors);
  }

  /** Creates a problem for a request with wrong fields. The first error is its detail. */
  public static ProblemException of(List<FieldError> errors) {
    return of(ProblemType.WRONG_FIELDS, errors);
  }

  /** Creates a problem of this type that is about some fields. The first error is its detail. */
  public static ProblemException of(ProblemType type, List<FieldError> errors) {
    FieldError first = errors.getFirst();
    return new ProblemException(type, Problems.cut(first.field()) + ": " + first.detail(), errors);
  }

  /** Creates a problem for a request with one wrong field. */
  public static ProblemException of(String field, @Nullable Object value, String detail) {
    return of(List.of(new FieldError(field, value, detail)));
  }

  public ProblemType type() {
    return type;
  }

  /** Returns the wrong fields; empty if the problem is not about fields. */
  public List<FieldError> errors() {
    return errors;
  }
}
