package dev.sluice.server.relay;

import java.nio.ByteBuffer;
import java.util.List;

/** What has come of an option that was passed on. */
public sealed interface Answer {

  /** The owner's replies, for the client as they are, and the handshake goes on. */
  record Replies(List<ByteBuffer> replies, boolean refused) implements Answer {}

  /** The same, and transmission follows on the connection that was asked. */
  record Granted(List<ByteBuffer> replies) implements Answer {}

  /**
   * It could not be passed on, or no client can be passed on to this export.
   *
   * @param atLimit whether that is because so many others are
   */
  record Failed(String why, boolean atLimit) implements Answer {

    /** It could not, be there others or not. */
    public static Failed because(String why) {
      return new Failed(why, false);
    }
  }
}
