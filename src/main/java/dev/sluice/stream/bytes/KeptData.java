package dev.sluice.stream.bytes;

import dev.sluice.stream.ReadReply;
import dev.sluice.stream.StreamExtent;
import dev.sluice.stream.StreamExtent.Content;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.client.ClientConnection;
import dev.sluice.stream.window.ExtentList;
import dev.sluice.stream.window.Window;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** What a window keeps, sent to a client that reads it. */
final class KeptData {

  /** Parts that the reply to a read has at most; the rest is one more. */
  private static final int MAX_PARTS = 1024;

  private KeptData() {}

  /** Sends a range: what is kept of it, and zeroes for the rest. */
  static void send(Window window, ClientConnection client, long offset, long end, ReadReply reply)
      throws IOException {
    long data = offset;
    if (reply.inParts()) {
      ExtentList extents = new ExtentList(MAX_PARTS);
      window.describe(offset, end, extents);
      long at = offset;
      for (StreamExtent extent : extents.asList()) {
        long next = at + extent.length();
        if (extent.content() != Content.DATA && extent.length() >= StreamSettings.SECTOR) {
          sendData(window, client, data, at, reply);
          reply.zeroes(at, extent.length());
          data = next;
        }
        at = next;
      }
    }
    sendData(window, client, data, end, reply);
  }

  private static void sendData(
      Window window, ClientConnection client, long from, long to, ReadReply reply)
      throws IOException {
    if (from == to) {
      return;
    }
    reply.announce(from, to - from);
    for (long at = from; at < to; ) {
      MemorySegment part =
          client.scratch().asSlice(0, Math.min(to - at, client.scratch().byteSize()));
      window.copy(at, part);
      at += part.byteSize();
      client.send(part, at < to);
    }
  }
}
