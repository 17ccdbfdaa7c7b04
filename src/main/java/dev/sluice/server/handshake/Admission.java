package dev.sluice.server.handshake;

import dev.sluice.client.AllowedClients;
import dev.sluice.client.ClientIdentity;
import dev.sluice.export.Export;
import dev.sluice.export.ExportRegistry;
import dev.sluice.logging.LogContext;
import dev.sluice.nbd.handshake.InvalidOptionException;
import dev.sluice.nbd.handshake.ReplyType;
import dev.sluice.server.relay.Elsewhere;
import dev.sluice.server.relay.Introduction;
import dev.sluice.server.relay.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which exports a client may see and use, and what it is told of the others. Confined to
 * the client's event loop.
 */
public final class Admission {

  private static final Logger log = LoggerFactory.getLogger(Admission.class);

  private final ExportRegistry exports;
  private final ExportClientLimit clientLimit;
  private final Elsewhere elsewhere;
  private final Introduction introduction;
  private ClientIdentity client;

  /** Whether the client can still start TLS, and so show a certificate. */
  private boolean mayStartTls;

  /**
   * The export that the client was told of last. If it is missing at GO, it has ended or was
   * deleted.
   */
  private @Nullable String described;

  /** Whether a refusal of this client was logged. It may ask thousands of times. */
  private boolean logged;

  /**
   * Creates the admission of a client that has just connected.
   *
   * @param clientLimit attaches the client to a stream
   * @param elsewhere locates exports of other pods
   */
  public Admission(
      ExportRegistry exports,
      ExportClientLimit clientLimit,
      Elsewhere elsewhere,
      ClientIdentity client) {
    this.exports = exports;
    this.clientLimit = clientLimit;
    this.elsewhere = elsewhere;
    this.introduction = new Introduction(elsewhere);
    this.client = client;
  }

  ClientIdentity client() {
    return client;
  }

  /**
   * Handles {@link dev.sluice.server.relay.RelayOption}, by which another pod introduces the client
   * that it relays.
   *
   * @return the reply; empty if the option has to be answered as an unknown one
   */
  Optional<ByteBuffer> introduce(ByteBuffer words) {
    Optional<ByteBuffer> reply = introduction.answer(words);
    if (introduction.isDone()) {
      client = new ClientIdentity(introduction.client(), null);
    }
    return reply;
  }

  /** Returns whether another pod relays the client. It is not relayed once more then. */
  boolean isRelayed() {
    return introduction.isDone();
  }

  /**
   * Locates an open export of another pod; empty if this pod has it, the client is relayed already,
   * or no live pod owns it.
   */
  Optional<Place> elsewhere(String name) {
    return isRelayed() || exports.find(name).filter(Admission::isOpen).isPresent()
        ? Optional.empty()
        : elsewhere.find(name);
  }

  /** Notes that the client has not started TLS, but may. */
  void offerTls() {
    mayStartTls = true;
  }

  /**
   * Notes that the client has started TLS.
   *
   * @param subject the subject of the client's verified certificate; null if it has shown none
   */
  void encrypted(@Nullable X500Principal subject) {
    client = client.with(subject);
    mayStartTls = false;
    described = null;
  }

  /**
   * Returns the exports for a LIST of this client. Exports that are left out of it count as well,
   * because they cost as much.
   *
   * @throws RefusedClientException if there are more than the client's budget permits
   */
  List<Export> listed(OptionBudget budget) throws RefusedClientException {
    List<Export> all = exports.listed();
    budget.takeList(all.size());
    return all.stream()
        .filter(Admission::isOpen)
        .filter(export -> export.spec().clients().permits(client))
        .toList();
  }

  /**
   * Returns the open export with this name.
   *
   * @throws InvalidOptionException if there is none, or the client may not use it
   */
  Export require(String name) throws InvalidOptionException {
    Optional<Export> found = exports.find(name).filter(Admission::isOpen);
    if (found.isEmpty()) {
      throw gone(name);
    }
    requirePermitted(found.get());
    described = name;
    return found.get();
  }

  /**
   * Attaches the client to the stream of the export with this name. From then on, the size of the
   * export does not change.
   *
   * @throws InvalidOptionException if there is none, the client may not use it, or it has too many
   *     clients
   */
  Export attach(String name) throws InvalidOptionException {
    Export found = require(name);
    try {
      clientLimit.attach(found);
    } catch (IOException e) {
      String end = found.refusals().take();
      if (end != null) {
        try (LogContext _ = LogContext.of(name)) {
          log.info("Export {} takes no client: {}{}", name, e.getMessage(), end);
        }
      }
      throw gone(name);
    }
    return found;
  }

  /** Fails if the rules do not permit the client. The error says only whether TLS could help. */
  private void requirePermitted(Export export) throws RefusedClientException {
    AllowedClients allowed = export.spec().clients();
    if (allowed.permits(client)) {
      return;
    }
    boolean tlsFirst = mayStartTls && allowed.needsCertificate();
    logRefusal(export, tlsFirst ? "before it has started TLS" : "which is not permitted");
    throw tlsFirst
        ? RefusedClientException.byRule(
            ReplyType.ERR_TLS_REQD, "TLS has to be started before this export is asked for")
        : RefusedClientException.byRule(
            ReplyType.ERR_POLICY, "this client is not permitted to use this export");
  }

  private void logRefusal(Export export, String why) {
    String end = logged ? null : export.refusals().take();
    logged = true;
    if (end != null) {
      try (LogContext _ = LogContext.of(export.name())) {
        String who = LogContext.oneLine(client.toString());
        log.info("Export {} is refused to a client from {}, {}{}", export.name(), who, why, end);
      }
    }
  }

  private InvalidOptionException gone(String name) {
    return name.equals(described)
        ? new InvalidOptionException(
            ReplyType.ERR_SHUTDOWN, "export '%s' has ended or was deleted".formatted(name))
        : new InvalidOptionException(
            ReplyType.ERR_UNKNOWN, "there is no open export '%s'".formatted(name));
  }

  private static boolean isOpen(Export export) {
    return !export.stream().status().state().ended();
  }
}
