package dev.sluice.cluster.owner;

import dev.sluice.logging.LinePerMinute;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs failures of the API server: one line a minute for each cause, however many exports there
 * are. Thread-safe.
 */
public final class FailureLog {

  private static final int MOST_CAUSES = 10;

  private static final Logger log = LoggerFactory.getLogger(FailureLog.class);

  /** By HTTP status; 0 if there was no response. */
  private final Map<Integer, LinePerMinute> answers = new ConcurrentHashMap<>();

  private final LinePerMinute unexpected = new LinePerMinute();

  /**
   * Logs a failure, unless there was a line about its cause within the last minute.
   *
   * @param what what has failed, as a sentence without a period
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

  /** Returns a failure in one line: its message and its root cause. */
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
