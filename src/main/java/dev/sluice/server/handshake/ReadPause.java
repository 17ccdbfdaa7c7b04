package dev.sluice.server.handshake;

import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Pauses reading from a client that has sent more options than it needs. Confined to the client's
 * event loop.
 */
final class ReadPause {

  private @Nullable Future<?> end;

  /** Stops reading for this many nanoseconds; does nothing if that is not positive. */
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

  /**
   * Cancels the end of a pause, because the connection is closed or belongs to another handler now.
   */
  void cancel() {
    if (end != null) {
      end.cancel(false);
    }
  }
}
