package dev.sluice.nbd.transmission;

/**
 * The reason to refuse a request.
 *
 * @param error the error for the client
 * @param reason for the log and the client: what was wrong, and what was expected
 */
public record Refusal(NbdError error, String reason) {

  /** Rejects {@link NbdError#SUCCESS}. */
  public Refusal {
    if (error == NbdError.SUCCESS) {
      throw new IllegalArgumentException("error: SUCCESS (expected: an error)");
    }
  }
}
