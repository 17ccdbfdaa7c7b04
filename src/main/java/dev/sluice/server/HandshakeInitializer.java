package dev.sluice.server;

import dev.sluice.export.ExportRegistry;
import dev.sluice.server.handshake.Admission;
import dev.sluice.server.handshake.ClientIdentities;
import dev.sluice.server.handshake.ExportClientLimit;
import dev.sluice.server.handshake.Forwarding;
import dev.sluice.server.handshake.HandshakeHandler;
import dev.sluice.server.handshake.HandshakeRules;
import dev.sluice.server.handshake.HandshakeTimeout;
import dev.sluice.server.handshake.LimitLog;
import dev.sluice.server.handshake.Negotiation;
import dev.sluice.server.handshake.OptionFrameDecoder;
import dev.sluice.server.handshake.QuickAcks;
import dev.sluice.server.relay.Elsewhere;
import dev.sluice.server.relay.Relays;
import dev.sluice.server.session.NegotiatedExport;
import dev.sluice.server.session.Sessions;
import dev.sluice.server.transport.Tls;
import dev.sluice.stream.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import java.util.function.BooleanSupplier;

/** Adds the handlers of the handshake to each accepted connection. */
final class HandshakeInitializer extends ChannelInitializer<Channel> {

  private final NbdProperties properties;
  private final ExportRegistry exports;
  private final ExportClientLimit clientLimit;
  private final Elsewhere elsewhere;
  private final Relays relays;
  private final Tls tls;
  private final Sessions sessions;
  private final ServerObserver observer;
  private final LimitLog limits;
  private final ChannelGroup handshakes;
  private final BooleanSupplier goingAway;

  /**
   * Creates the initializer of one listener.
   *
   * @param elsewhere locates exports of other pods
   * @param relays relays clients to exports of other pods
   * @param sessions takes over a connection when its client has chosen an export
   * @param handshakes has each connection until then
   * @param goingAway whether to tell clients that the server is going away
   */
  HandshakeInitializer(
      NbdProperties properties,
      ExportRegistry exports,
      ExportClientLimit clientLimit,
      Elsewhere elsewhere,
      Relays relays,
      Tls tls,
      Sessions sessions,
      ServerObserver observer,
      LimitLog limits,
      ChannelGroup handshakes,
      BooleanSupplier goingAway) {
    this.properties = properties;
    this.exports = exports;
    this.clientLimit = clientLimit;
    this.elsewhere = elsewhere;
    this.relays = relays;
    this.tls = tls;
    this.sessions = sessions;
    this.observer = observer;
    this.limits = limits;
    this.handshakes = handshakes;
    this.goingAway = goingAway;
  }

  @Override
  protected void initChannel(Channel channel) {
    Connections.Permit permit = Gate.permitOf(channel);
    channel.closeFuture().addListener(_ -> permit.release());
    handshakes.add(channel);
    HandshakeRules rules = properties.handshakeRules();
    Admission admission =
        new Admission(exports, clientLimit, elsewhere, ClientIdentities.of(channel));
    channel
        .pipeline()
        .addLast(new QuickAcks())
        .addLast(new HandshakeTimeout(properties.handshakeTimeout(), limits))
        .addLast(new OptionFrameDecoder(rules.maxOptionLength()))
        .addLast(
            new HandshakeHandler(
                new Negotiation(admission, rules, goingAway),
                tls,
                (transport, chosen) -> start(transport, chosen, permit),
                observer,
                limits,
                new Forwarding(relays, permit::retain)));
  }

  /** Starts a session that holds the connection's permit as well. */
  private void start(Transport transport, NegotiatedExport chosen, Connections.Permit permit) {
    Runnable release = permit.retain();
    try {
      sessions.start(transport, chosen, release);
    } catch (RuntimeException | OutOfMemoryError e) {
      release.run();
      throw e;
    }
  }
}
