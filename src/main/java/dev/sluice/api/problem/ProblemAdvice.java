package dev.sluice.api.problem;

import dev.sluice.export.ExportException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import org.springframework.web.util.DisconnectedClientHelper;

/** Translates every exception of a controller, or on the way to one, into a problem. */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {

  private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

  @ExceptionHandler
  ResponseEntity<Object> refused(ExportException e, HttpServletRequest request) {
    ProblemDetail problem = Problems.of(ProblemType.of(e.reason()), e.getMessage(), request);
    if (e.field() != null) {
      Problems.blame(problem, List.of(new FieldError(e.field(), e.value(), e.complaint())));
    }
    HttpHeaders headers = new HttpHeaders();
    if (e.reason() == ExportException.Reason.FULL) {
      headers.set(HttpHeaders.RETRY_AFTER, "1");
    }
    return answer(problem, headers);
  }

  @ExceptionHandler
  ResponseEntity<Object> problem(
      ProblemException e, HttpServletRequest request, HttpServletResponse response) {
    ProblemDetail problem = Problems.of(e.type(), e.getMessage(), request);
    if (!e.errors().isEmpty()) {
      Problems.blame(problem, e.errors());
    }
    HttpHeaders headers = new HttpHeaders();
    boolean later = e.type().status() == HttpStatus.TOO_MANY_REQUESTS;
    if (later && !response.containsHeader(HttpHeaders.RETRY_AFTER)) {
      headers.set(HttpHeaders.RETRY_AFTER, "1");
    }
    return answer(problem, headers);
  }

  /** Logs an unexpected exception. The client learns no details. */
  @ExceptionHandler
  @Nullable ResponseEntity<Object> unexpected(Exception e, HttpServletRequest request) {
    if (DisconnectedClientHelper.isClientDisconnectedException(e)) {
      return null; // the client has disconnected
    }
    log.error("{} {} failed", request.getMethod(), request.getRequestURI(), e);
    return answer(
        Problems.of(
            ProblemType.INTERNAL_ERROR,
            "an internal error, of which the service's log says more",
            request),
        new HttpHeaders());
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleNoResourceFoundException(
      NoResourceFoundException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
    e.getBody().setDetail("there is nothing at this path");
    return handleExceptionInternal(e, e.getBody(), headers, status, request);
  }

  /** Mentions the header, because curl declares every body a form by default. */
  @Override
  protected @Nullable ResponseEntity<Object> handleHttpMediaTypeNotSupported(
      HttpMediaTypeNotSupportedException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    MediaType sent = e.getContentType();
    e.getBody()
        .setDetail(
            "the body's type is %s; expected the header 'Content-Type: application/json' (with curl: -H 'Content-Type: application/json')"
                .formatted(sent == null ? "not given, or none" : sent));
    return handleExceptionInternal(e, e.getBody(), headers, status, request);
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleTypeMismatch(
      TypeMismatchException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
    String field = String.valueOf(e.getPropertyName());
    String expected = "expected a value of type %s".formatted(e.getRequiredType());
    ProblemDetail problem =
        Problems.of(
            ProblemType.WRONG_FIELDS,
            field + ": " + expected,
            ((ServletWebRequest) request).getRequest());
    Problems.blame(problem, List.of(new FieldError(field, e.getValue(), expected)));
    return handleExceptionInternal(e, problem, headers, status, request);
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleExceptionInternal(
      Exception e,
      @Nullable Object body,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    HttpServletRequest http = ((ServletWebRequest) request).getRequest();
    ProblemDetail problem;
    if (body instanceof ProblemDetail given) {
      problem = given;
    } else if (e instanceof ErrorResponse response) {
      problem = response.updateAndGetBody(getMessageSource(), http.getLocale());
    } else {
      problem = ProblemDetail.forStatus(status);
    }
    String path = Problems.path(http, http.getRequestURI());
    return answer(Problems.complete(problem, path, http), headers);
  }

  private static ResponseEntity<Object> answer(ProblemDetail problem, HttpHeaders headers) {
    return ResponseEntity.status(problem.getStatus())
        .headers(headers)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem);
  }
}
