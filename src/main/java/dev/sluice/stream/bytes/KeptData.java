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

/** Sends what a write stream's window keeps to a client that reads it. */
final class KeptData {

  /** The most extents in a reply to a read. What follows them is sent as data. */
  private static final int MAX_PARTS = 1024;

  private KeptData() {}

  /** Sends a range. What is not kept is sent as zeroes. */
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
