package dev.sluice.server.handshake;

import dev.sluice.server.relay.Place;
import dev.sluice.server.relay.Terms;
import dev.sluice.server.session.NegotiatedExport;
import java.nio.ByteBuffer;
import java.util.List;

/** The answer to an option. */
sealed interface OptionAnswer {

  /** Send these replies, and wait for the next option. */
  record Continue(List<ByteBuffer> replies) implements OptionAnswer {}

  /** Send these replies, and close the connection. */
  record Farewell(List<ByteBuffer> replies) implements OptionAnswer {}

  /** Send these replies, and start TLS. {@link Negotiation#encrypted} follows if that succeeds. */
  record StartTls(List<ByteBuffer> replies) implements OptionAnswer {}

  /**
   * Send these replies, and start transmission. The client is attached to the export.
   *
   * @param relayed whether another pod relays the client
   */
  record Chosen(NegotiatedExport export, List<ByteBuffer> replies, boolean relayed)
      implements OptionAnswer {}

  /** Forward the option to the pod that owns the export. */
  record Forward(Place place, OptionFrame option, Terms terms) implements OptionAnswer {

    int code() {
      return option.code();
    }
  }

  /** Close the connection, because the option has no error reply. */
  record HangUp(String reason) implements OptionAnswer {}
}
