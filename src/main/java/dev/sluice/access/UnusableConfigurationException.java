package dev.sluice.access;

/** The service cannot start as it is configured; the message is for whoever configures it. */
final class UnusableConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String remedy;

  UnusableConfigurationException(String problem, String remedy) {
    super(problem);
    this.remedy = remedy;
  }

  /** What can be done about it. */
  String remedy() {
    return remedy;
  }
}
