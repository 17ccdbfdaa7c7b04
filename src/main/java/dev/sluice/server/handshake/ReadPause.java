package dev.sluice.server.handshake;

import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stops reading from one client for a while, after it has sent more options than it needs. Used by
 * the connection's event loop only.
 */
final class ReadPause {

  private @Nullable Future<?> end;

  /** Reads nothing for so many nanoseconds; 0 changes nothing. */
  void begin(ChannelHandlerContext ctx, long nanos) {
    if (nanos <= 0) {
      return;
    }
    cancel();
    ctx.channel().config().setAutoRead(false);
    end =
        ctx.executor()
            .schedule(() -> ctx.channel().config().setAutoRead(true), nanos, TimeUnit.NANOSECONDS);
  }

  /** The connection is another handler's, or is closed: its reading is not changed any more. */
  void cancel() {
    if (end != null) {
      end.cancel(false);
    }
  }
}
