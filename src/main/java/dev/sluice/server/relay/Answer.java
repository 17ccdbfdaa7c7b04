package dev.sluice.server.relay;

import java.nio.ByteBuffer;
import java.util.List;

/** The outcome of an option that was to be forwarded to the owner. */
public sealed interface Answer {

  /**
   * The owner's replies, unchanged. The handshake continues.
   *
   * @param refused whether the last reply is an error
   */
  record Replies(List<ByteBuffer> replies, boolean refused) implements Answer {}

  /** The owner's replies, unchanged. Transmission follows on the owner's connection. */
  record Granted(List<ByteBuffer> replies) implements Answer {}

  /**
   * The option could not be forwarded, or clients of this export cannot be relayed.
   *
   * @param why the reason, as the client is told it
   * @param atLimit whether the reason is the limit on relayed clients
   */
  record Failed(String why, boolean atLimit) implements Answer {

    /** Creates a failure whose reason is not the limit. */
    public static Failed because(String why) {
      return new Failed(why, false);
    }
  }
}
