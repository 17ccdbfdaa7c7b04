package dev.sluice.journal;

/** A store that no service can start with. */
public final class UnusableJournalException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String remedy;

  UnusableJournalException(String problem, String remedy) {
    super(problem);
    this.remedy = remedy;
  }

  /** What can be done about it. */
  public String remedy() {
    return remedy;
  }
}
