package dev.sluice.logging;

import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.slf4j.MDC;

/**
 * Adds the export, and the session if there is one, to every line that the current thread logs
 * until this is closed: as {@value #EXPORT} and {@value #SESSION} in SLF4J's MDC.
 */
public final class LogContext implements AutoCloseable {

  /** The MDC key of the export's name. */
  public static final String EXPORT = "export";

  /** The MDC key of the session's number, which is unique in the process. */
  public static final String SESSION = "session";

  private static final Pattern ENDS_A_LINE = Pattern.compile("[\\p{Cc}\\u2028\\u2029]");

  private final Map<String, String> before;

  private LogContext() {
    before = Objects.requireNonNullElse(MDC.getCopyOfContextMap(), Map.of());
  }

  /** Starts a context for an export. */
  public static LogContext of(String export) {
    LogContext context = new LogContext();
    MDC.put(EXPORT, export);
    return context;
  }

  /** Starts a context for a session of an export. */
  public static LogContext of(String export, long session) {
    LogContext context = of(export);
    MDC.put(SESSION, Long.toString(session));
    return context;
  }

  /**
   * Replaces control characters and line separators in untrusted text, so that it cannot forge a
   * log line.
   */
  public static String oneLine(String text) {
    return ENDS_A_LINE.matcher(text).replaceAll("?");
  }

  /** Restores the context from before. */
  @Override
  public void close() {
    MDC.setContextMap(before);
  }
}
