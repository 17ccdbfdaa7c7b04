package dev.sluice.configuration;

/** The service cannot start as it is configured; the message is for whoever configures it. */
public final class UnusableConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String remedy;

  /**
   * A start that fails.
   *
   * @param problem what is wrong, with the key
   * @param remedy what can be done about it
   */
  public UnusableConfigurationException(String problem, String remedy) {
    super(problem);
    this.remedy = remedy;
  }

  /** What can be done about it. */
  public String remedy() {
    return remedy;
  }
}
