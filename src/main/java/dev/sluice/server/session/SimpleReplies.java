package dev.sluice.server.session;

import dev.sluice.nbd.MetaContext;
import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.transmission.Extent;
import dev.sluice.nbd.transmission.NbdError;
import dev.sluice.nbd.transmission.Refusal;
import dev.sluice.nbd.transmission.SimpleReply;
import dev.sluice.stream.client.ClientConnection;
import java.io.IOException;
import java.util.List;

/**
 * Sends simple replies, for clients that have negotiated nothing else: all of a read's data after
 * one header, and errors without messages (specification: "Simple reply message").
 */
final class SimpleReplies extends ReplyWriter {

  private boolean begun;

  SimpleReplies(ClientConnection client) {
    super(client, Protocol.SIMPLE_REPLY_LENGTH);
  }

  @Override
  void reset() {
    begun = false;
  }

  @Override
  public void announce(long offset, long length) throws IOException {
    begun = true;
    send(NbdError.SUCCESS, length);
  }

  @Override
  void finish() throws IOException {
    if (!begun) {
      send(NbdError.SUCCESS, 0);
    }
  }

  @Override
  void fail(Refusal refusal) throws IOException {
    if (begun) {
      throw unfinished(refusal);
    }
    send(refusal.error(), 0);
  }

  @Override
  void status(MetaContext context, List<Extent> extents, boolean last) {
    throw new IllegalStateException("no simple reply has a status");
  }

  private void send(NbdError error, long data) throws IOException {
    send(into -> SimpleReply.encode(into, error, request().cookie()), data, data > 0);
  }
}
