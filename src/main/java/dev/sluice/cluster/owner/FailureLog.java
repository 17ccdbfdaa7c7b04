package dev.sluice.cluster.owner;

import dev.sluice.logging.LinePerMinute;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says why the API server does not do what it is asked for: one line a minute for each cause,
 * however many exports there are. Thread-safe.
 */
public final class FailureLog {

  private static final int MOST_CAUSES = 10;

  private static final Logger log = LoggerFactory.getLogger(FailureLog.class);

  /** One for each status that an answer can have; 0 if there was no answer. */
  private final Map<Integer, LinePerMinute> answers = new ConcurrentHashMap<>();

  private final LinePerMinute unexpected = new LinePerMinute();

  /**
   * Something cannot be done now.
   *
   * @param what a sentence without its end
   */
  public void about(String what, RuntimeException e) {
    if (e instanceof KubernetesClientException failure) {
      int status = Math.max(0, failure.getCode());
      String before = answers.computeIfAbsent(status, _ -> new LinePerMinute()).take();
      if (before != null) {
        log.warn("{}{}: {}", what, before, why(e));
        log.debug("It is", e);
      }
      return;
    }
    String before = unexpected.take();
    if (before != null) {
      log.warn("{}{}", what, before, e);
    }
  }

  /** What is said of a failure in one line: what was tried, and what lies at the bottom of it. */
  public static String why(RuntimeException e) {
    String message = e instanceof KubernetesClientException ? e.getMessage() : null;
    if (message == null || e.getCause() == null) {
      return message == null ? e.toString() : message;
    }
    Throwable bottom = e.getCause();
    for (int depth = 0; depth < MOST_CAUSES && bottom.getCause() != null; depth++) {
      bottom = bottom.getCause();
    }
    return "%s (%s)".formatted(message.strip(), bottom);
  }
}
