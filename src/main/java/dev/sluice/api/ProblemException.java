package dev.sluice.api;

import org.springframework.http.HttpStatus;

/** A request that the web side refuses, whatever it asks for; it is answered with a problem. */
public final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final HttpStatus status;

  /** A problem of this status; its detail says what was wrong, and what was expected. */
  public ProblemException(HttpStatus status, String detail) {
    super(detail);
    this.status = status;
  }

  HttpStatus status() {
    return status;
  }
}
