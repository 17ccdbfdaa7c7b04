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
 * Which exports one client may know of and have, and what it is told of the others. For its event
 * loop only.
 */
public final class Admission {

  private static final Logger log = LoggerFactory.getLogger(Admission.class);

  private final ExportRegistry exports;
  private final ExportClientLimit clientLimit;
  private final Elsewhere elsewhere;
  private final Introduction introduction;
  private ClientIdentity client;

  /** Whether the client can become somebody else by starting TLS. */
  private boolean mayStartTls;

  /** The export that the client heard of last. If it is gone at GO, it has ended or was deleted. */
  private @Nullable String described;

  /** Whether a refusal of this client has been logged; it may ask thousands of times. */
  private boolean logged;

  /**
   * Of a client that has just come.
   *
   * @param clientLimit where it is attached
   * @param elsewhere where exports are that are not here
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
   * Another pod may speak for the client, which connects to that one.
   *
   * @return what it is to be replied, or nothing if it does not
   */
  Optional<ByteBuffer> introduce(ByteBuffer words) {
    Optional<ByteBuffer> reply = introduction.answer(words);
    if (introduction.isDone()) {
      client = new ClientIdentity(introduction.client(), null);
    }
    return reply;
  }

  /** Whether another pod passes the client on, so that it is not passed on from here. */
  boolean isRelayed() {
    return introduction.isDone();
  }

  /** Where the export with this name is, if another pod has it. */
  Optional<Place> elsewhere(String name) {
    return isRelayed() || exports.find(name).filter(Admission::isOpen).isPresent()
        ? Optional.empty()
        : elsewhere.find(name);
  }

  /** The client may start TLS, as it has not yet. */
  void offerTls() {
    mayStartTls = true;
  }

  /** The client has started TLS, and shown whom its certificate is for, if it has one. */
  void encrypted(@Nullable X500Principal subject) {
    client = client.with(subject);
    mayStartTls = false;
    described = null;
  }

  /**
   * The exports that the client is told of when it asks for all. Those that it is not told of count
   * as well: they cost as much.
   *
   * @throws RefusedClientException when they are more than it may ask for
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
   * The export with this name.
   *
   * @throws InvalidOptionException when there is none, or none for this client
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
   * Attaches the client to the stream of the export with this name: only from then on its size
   * stays what it is.
   *
   * @throws InvalidOptionException when there is none, or none for this client, or too many have it
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

  /** The client learns nothing of the rules, but that TLS can help if it can. */
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
