package dev.sluice.nbd.transmission;

/**
 * Why a request is not served.
 *
 * @param error what the client is told
 * @param reason for the log and the client: what was wrong and what was expected
 */
public record Refusal(NbdError error, String reason) {

  /** Refuses a refusal that would tell the client of success. */
  public Refusal {
    if (error == NbdError.SUCCESS) {
      throw new IllegalArgumentException("error: SUCCESS (expected: an error)");
    }
  }
}
