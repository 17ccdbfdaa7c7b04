package dev.sluice.logging;

import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.slf4j.MDC;

/**
 * Names the export, and the session if there is one, in every line that the current thread logs
 * until this is closed: as {@value #EXPORT} and {@value #SESSION} in SLF4J's MDC.
 */
public final class LogContext implements AutoCloseable {

  /** The key of an export's name. */
  public static final String EXPORT = "export";

  /** The key of a session's number, which no other session of the process has. */
  public static final String SESSION = "session";

  private static final Pattern ENDS_A_LINE = Pattern.compile("[\\p{Cc}\\u2028\\u2029]");

  private final Map<String, String> before;

  private LogContext() {
    before = Objects.requireNonNullElse(MDC.getCopyOfContextMap(), Map.of());
  }

  /** What follows is about an export. */
  public static LogContext of(String export) {
    LogContext context = new LogContext();
    MDC.put(EXPORT, export);
    return context;
  }

  /** What follows is done for a session of an export. */
  public static LogContext of(String export, long session) {
    LogContext context = of(export);
    MDC.put(SESSION, Long.toString(session));
    return context;
  }

  /** Text from elsewhere, so that nothing in it looks like another line of the log. */
  public static String oneLine(String text) {
    return ENDS_A_LINE.matcher(text).replaceAll("?");
  }

  /** As it was before. */
  @Override
  public void close() {
    MDC.setContextMap(before);
  }
}
