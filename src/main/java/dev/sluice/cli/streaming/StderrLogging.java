package dev.sluice.cli.streaming;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.BasicMDCAdapter;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.LoggingEventAware;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Logs to standard error, one line for each event: errors, and the rest if that is wanted. It
 * starts at once, which Logback does not, and never writes to standard output.
 */
public final class StderrLogging implements SLF4JServiceProvider {

  private static final String API = "2.0";
  private static final String OWN = "dev.sluice";

  private static volatile boolean verbose;

  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter context = new BasicMDCAdapter();

  /** For SLF4J. */
  public StderrLogging() {}

  /** Makes SLF4J use this provider. Call it before anything is logged. */
  public static void use() {
    System.setProperty("slf4j.provider", StderrLogging.class.getName());
    System.setProperty("slf4j.internal.verbosity", "ERROR"); // or it reports which provider it uses
  }

  /** Logs more than errors from now on. */
  static void tellAll() {
    verbose = true;
  }

  /** Returns whether an event is logged. INFO is logged only of Sluice itself, not of libraries. */
  static boolean isWanted(String logger, Level level) {
    Level least = !verbose ? Level.ERROR : logger.startsWith(OWN) ? Level.INFO : Level.WARN;
    return level.toInt() >= least.toInt();
  }

  @Override
  public ILoggerFactory getLoggerFactory() {
    return StderrLogger::new;
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return context;
  }

  @Override
  public String getRequestedApiVersion() {
    return API;
  }

  @Override
  public void initialize() {}

  /** A logger. It ignores key-value pairs, since the message contains the same. */
  static final class StderrLogger extends LegacyAbstractLogger
      implements Logger, LoggingEventAware {

    private static final long serialVersionUID = 1L;

    StderrLogger(String name) {
      this.name = name;
    }

    @Override
    public boolean isTraceEnabled() {
      return isWanted(name, Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
      return isWanted(name, Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
      return isWanted(name, Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
      return isWanted(name, Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
      return isWanted(name, Level.ERROR);
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
      return null;
    }

    @Override
    public void log(LoggingEvent event) {
      List<Object> arguments = event.getArguments();
      write(
          event.getLevel(),
          event.getMessage(),
          arguments == null ? new Object[0] : arguments.toArray(),
          event.getThrowable());
    }

    @Override
    protected void handleNormalizedLoggingCall(
        Level level,
        @Nullable Marker marker,
        String pattern,
        Object @Nullable [] arguments,
        @Nullable Throwable thrown) {
      write(level, pattern, arguments, thrown);
    }

    private static void write(
        Level level, String pattern, Object @Nullable [] arguments, @Nullable Throwable thrown) {
      PrintStream err = System.err;
      synchronized (err) {
        err.printf(
            "sluice: %s: %s%n",
            level == Level.WARN ? "warning" : level.toString().toLowerCase(Locale.ROOT),
            MessageFormatter.basicArrayFormat(pattern, arguments));
        if (thrown != null) {
          err.println(thrown);
          Arrays.stream(thrown.getStackTrace()).forEach(each -> err.println("\tat " + each));
        }
      }
    }
  }
}
