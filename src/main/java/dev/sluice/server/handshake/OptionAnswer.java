package dev.sluice.server.handshake;

import dev.sluice.server.relay.Place;
import dev.sluice.server.relay.Terms;
import dev.sluice.server.session.NegotiatedExport;
import java.nio.ByteBuffer;
import java.util.List;

/** What is to be done about an option. */
sealed interface OptionAnswer {

  /** Send these, and await the next option. */
  record Continue(List<ByteBuffer> replies) implements OptionAnswer {}

  /** Send these, and close the connection. */
  record Farewell(List<ByteBuffer> replies) implements OptionAnswer {}

  /** Send these, and go on in TLS: {@link Negotiation#encrypted} follows when that has worked. */
  record StartTls(List<ByteBuffer> replies) implements OptionAnswer {}

  /**
   * Send these; the client is attached to the export, and transmission follows.
   *
   * @param relayed whether another pod passes the client on
   */
  record Chosen(NegotiatedExport export, List<ByteBuffer> replies, boolean relayed)
      implements OptionAnswer {}

  /** Pass the option on to the pod that has the export it names. */
  record Forward(Place place, OptionFrame option, Terms terms) implements OptionAnswer {

    int code() {
      return option.code();
    }
  }

  /** Close the connection: there is no other way to refuse. */
  record HangUp(String reason) implements OptionAnswer {}
}
