package dev.sluice.journal;

/** Thrown when the service cannot start with a store. */
public final class UnusableJournalException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String remedy;

  UnusableJournalException(String problem, String remedy) {
    super(problem);
    this.remedy = remedy;
  }

  /** Returns what the user can do about it. */
  public String remedy() {
    return remedy;
  }
}
