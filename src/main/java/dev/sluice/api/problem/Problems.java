package dev.sluice.api.problem;

import dev.sluice.access.http.ForwardedPrefix;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import tools.jackson.databind.JsonNode;

/**
 * Creates problem details (RFC 9457). They always have type, title, status, detail and instance.
 * For wrong fields, {@code errors} has each with its value and what was expected, and the members
 * {@code field} and {@code value} are those of the first. A number or boolean is shown as it was
 * sent, any other value as text, cut after {@link #MAX_VALUE} characters.
 */
public final class Problems {

  /** The maximum length of a value that is shown, in characters. */
  public static final int MAX_VALUE = 100;

  /** The maximum number of wrong fields that are shown; a body has room for thousands. */
  static final int MAX_ERRORS = 20;

  private static final URI ROOT = URI.create("/");
  private static final URI NO_SPECIAL_TYPE = URI.create("about:blank");

  /** In characters. A detail may contain a path, or the name of a field. */
  private static final int MAX_DETAIL = 1000;

  private Problems() {}

  /** Creates a problem of this type. */
  static ProblemDetail of(ProblemType type, @Nullable String detail, HttpServletRequest request) {
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(type.status(), detail);
    problem.setType(type.uri(request));
    problem.setTitle(type.title());
    return complete(problem, path(request, request.getRequestURI()), request);
  }

  /** Returns the path of a request as the client sent it. */
  static String path(HttpServletRequest request, String path) {
    return ForwardedPrefix.of(request) + path;
  }

  /** Fills in missing members. A problem without a type gets the general one for its status. */
  static ProblemDetail complete(
      ProblemDetail problem, String requestUri, HttpServletRequest request) {
    ProblemType type = ProblemType.of(HttpStatusCode.valueOf(problem.getStatus()));
    if (problem.getType() == null || problem.getType().equals(NO_SPECIAL_TYPE)) {
      problem.setType(type == null ? NO_SPECIAL_TYPE : type.uri(request));
      problem.setTitle(type == null ? null : type.title());
    }
    if (problem.getTitle() == null) {
      HttpStatus known = HttpStatus.resolve(problem.getStatus());
      problem.setTitle(known == null ? "Status " + problem.getStatus() : known.getReasonPhrase());
    }
    String detail = problem.getDetail();
    problem.setDetail(cut(detail == null ? problem.getTitle() : detail, MAX_DETAIL));
    try {
      problem.setInstance(new URI(requestUri));
    } catch (URISyntaxException e) {
      problem.setInstance(ROOT); // otherwise Spring would fail to fill it in
    }
    return problem;
  }

  /** Adds the wrong fields, and the first of them once more by itself. */
  static void blame(ProblemDetail problem, List<FieldError> errors) {
    List<FieldError> shown = errors.stream().limit(MAX_ERRORS).map(Problems::shown).toList();
    problem.setProperty("field", shown.getFirst().field());
    problem.setProperty("value", shown.getFirst().value());
    problem.setProperty("errors", shown);
  }

  private static FieldError shown(FieldError error) {
    Object value = error.value();
    return new FieldError(
        cut(error.field()), value == null ? null : shown(value), cut(error.detail(), MAX_DETAIL));
  }

  private static Object shown(Object value) {
    if (!(value instanceof JsonNode node)) {
      return cut(value.toString());
    }
    if (node.isString()) {
      return cut(node.stringValue());
    }
    boolean asSent = node.isValueNode() && node.toString().length() <= MAX_VALUE;
    return asSent ? node : cut(node.toString());
  }

  /** Cuts a text after {@link #MAX_VALUE} characters. */
  public static String cut(String text) {
    return cut(text, MAX_VALUE);
  }

  /** Cuts a text, and makes sure that it can be encoded: half a surrogate pair cannot. */
  private static String cut(@Nullable String text, int length) {
    String whole = String.valueOf(text);
    String kept = whole.length() <= length ? whole : whole.substring(0, length) + "…";
    return new String(kept.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
