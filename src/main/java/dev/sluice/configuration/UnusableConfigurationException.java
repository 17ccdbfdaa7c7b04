package dev.sluice.configuration;

/** Thrown if the service cannot start with its configuration. The message is for the operator. */
public final class UnusableConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String remedy;

  /**
   * Creates an exception.
   *
   * @param problem what is wrong, with the key
   * @param remedy what the operator can do about it
   */
  public UnusableConfigurationException(String problem, String remedy) {
    super(problem);
    this.remedy = remedy;
  }

  /** Returns what the operator can do about it. */
  public String remedy() {
    return remedy;
  }
}
