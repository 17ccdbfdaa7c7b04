package dev.sluice.server.handshake;

import dev.sluice.client.ClientIdentity;
import dev.sluice.logging.LinePerMinute;
import dev.sluice.logging.LogContext;
import io.netty.channel.Channel;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs a warning when a limit was reached, at most one line a minute for each limit, because
 * clients can cause any number. A line says how many were left out before it. Thread-safe.
 */
public final class LimitLog {

  private static final Logger log = LoggerFactory.getLogger(LimitLog.class);

  private final LongSupplier nanoTime;

  /** Guarded by itself. */
  private final Map<Limit, LinePerMinute> lines = new EnumMap<>(Limit.class);

  /** Creates a log that uses the system's clock. */
  public LimitLog() {
    this(System::nanoTime);
  }

  LimitLog(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Logs that a client was refused.
   *
   * @param what the limit that it has reached, with its value and its key
   */
  public void reached(Limit limit, ClientIdentity client, String what) {
    String before = leftOutBefore(limit);
    if (before != null) {
      log.warn(
          "A client from {} is refused: {}{}",
          LogContext.oneLine(client.toString()),
          LogContext.oneLine(what),
          before);
    }
  }

  /** Logs that a client sends options without reading the answers. */
  void answersUnread(Channel channel) {
    reached(
        Limit.UNREAD_ANSWERS,
        ClientIdentities.of(channel),
        "it asks on without reading the answers, of which %d bytes may wait for it"
            .formatted(channel.config().getWriteBufferHighWaterMark()));
  }

  private @Nullable String leftOutBefore(Limit limit) {
    synchronized (lines) {
      return lines.computeIfAbsent(limit, _ -> new LinePerMinute(nanoTime)).take();
    }
  }
}
