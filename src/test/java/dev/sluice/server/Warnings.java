package dev.sluice.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.server.handshake.LimitLog;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * What a logger and those below it say that nobody should have to read, from level WARN on; the
 * rest is not logged meanwhile.
 */
public final class Warnings implements AutoCloseable {

  private final Logger logger;
  private final Level level;
  private final ListAppender<ILoggingEvent> events = new ListAppender<>();

  private Warnings(Logger logger) {
    this.logger = logger;
    this.level = logger.getLevel();
    logger.setLevel(Level.WARN);
    events.start();
    logger.addAppender(events);
  }

  public static Warnings of(String logger) {
    return new Warnings(((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(logger));
  }

  /** All but those of limits, which clients are meant to reach. */
  public List<String> listWithoutLimits() {
    return events.list.stream()
        .filter(event -> !event.getLoggerName().equals(LimitLog.class.getName()))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  public List<String> list() {
    return events.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Override
  public void close() {
    logger.detachAppender(events);
    logger.setLevel(level);
  }
}
