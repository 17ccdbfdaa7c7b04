package dev.sluice.testing;

import java.time.Duration;
import org.awaitility.Awaitility;

/**
 * Lets a test see soon what it waits for: Awaitility would look after 100 ms for the first time,
 * and hundreds of tests wait for what is there at once. Whatever tests begin with asks for it.
 */
public final class PromptWaits {

  private PromptWaits() {}

  /** From now on, for all tests of this process. */
  public static void use() {
    Awaitility.setDefaultPollDelay(Duration.ZERO);
    Awaitility.setDefaultPollInterval(Duration.ofMillis(5));
  }
}
