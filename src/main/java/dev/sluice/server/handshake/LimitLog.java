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
 * Warns that a limit was reached, in one line a minute for each limit: clients can cause any
 * number, and must not flood the log. A line tells how many were left out before it. Thread-safe.
 */
public final class LimitLog {

  private static final Logger log = LoggerFactory.getLogger(LimitLog.class);

  private final LongSupplier nanoTime;

  /** Guarded by itself. */
  private final Map<Limit, LinePerMinute> lines = new EnumMap<>(Limit.class);

  /** Nothing was said yet. */
  public LimitLog() {
    this(System::nanoTime);
  }

  LimitLog(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * A client was refused.
   *
   * @param what that it has reached, with the limit and its key
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

  /** A client asks on without reading what it is answered. */
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
