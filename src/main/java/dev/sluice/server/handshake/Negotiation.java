package dev.sluice.server.handshake;

import dev.sluice.client.ClientIdentity;
import dev.sluice.export.Export;
import dev.sluice.nbd.MetaContext;
import dev.sluice.nbd.handshake.ClientFlags;
import dev.sluice.nbd.handshake.ExportNameReply;
import dev.sluice.nbd.handshake.InfoType;
import dev.sluice.nbd.handshake.InvalidOptionException;
import dev.sluice.nbd.handshake.Option;
import dev.sluice.nbd.handshake.OptionCode;
import dev.sluice.nbd.handshake.OptionDecoder;
import dev.sluice.nbd.handshake.OptionReply;
import dev.sluice.nbd.handshake.ReplyType;
import dev.sluice.nbd.transmission.Dialect;
import dev.sluice.server.relay.Answer;
import dev.sluice.server.relay.Place;
import dev.sluice.server.relay.RelayOption;
import dev.sluice.server.relay.Terms;
import dev.sluice.server.session.Agreement;
import dev.sluice.server.session.BlockStatus;
import dev.sluice.server.session.NegotiatedExport;
import dev.sluice.server.transport.TlsProperties.Mode;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * The option haggling of one client: what it has negotiated, and the answer to each of its options
 * (specification: "Option types"). It does no I/O, and touches no stream until one is chosen.
 */
public final class Negotiation {

  private final Admission admission;
  private final OptionBudget budget;
  private final BooleanSupplier stopping;
  private final Mode tls;
  private final int maxOptionLength;
  private boolean encrypted;
  private boolean fixed;
  private boolean noZeroes;
  private Agreement agreement = Agreement.NONE;

  /**
   * Creates the negotiation of a client that has just connected.
   *
   * @param admission decides which exports the client may use
   * @param rules the configured rules
   * @param stopping whether the server is going away
   */
  public Negotiation(Admission admission, HandshakeRules rules, BooleanSupplier stopping) {
    this.admission = admission;
    this.budget = new OptionBudget(rules.maxOptions(), rules.maxOptionsPerSecond());
    this.tls = rules.tls();
    this.maxOptionLength = rules.maxOptionLength();
    this.stopping = stopping;
  }

  /** Returns the client's identity, as far as it is known now. */
  ClientIdentity client() {
    return admission.client();
  }

  /** Returns how long to stop reading from the client, in nanoseconds; 0 if not at all. */
  long pause() {
    return budget.pause();
  }

  /** Notes the client flags. Nothing changes them later. */
  void begin(ClientFlags flags) {
    fixed = flags.fixedNewstyle();
    noZeroes = flags.noZeroes();
    if (mayStartTls()) {
      admission.offerTls();
    }
  }

  /** TLS needs fixed newstyle negotiation (specification: "Server-side requirements"). */
  private boolean mayStartTls() {
    return tls != Mode.OFF && fixed;
  }

  /**
   * Notes that TLS has started, and drops what was negotiated before: it may have been injected.
   *
   * @param subject the subject of the client's verified certificate; null if it has shown none
   */
  void encrypted(@Nullable X500Principal subject) {
    encrypted = true;
    agreement = Agreement.NONE;
    admission.encrypted(subject);
  }

  /**
   * Answers an option.
   *
   * @throws InvalidOptionException if it is refused
   */
  OptionAnswer answer(OptionFrame frame) throws InvalidOptionException {
    budget.takeOption();
    if (frame.code() == OptionCode.SET_META_CONTEXT.code()) {
      agreement = agreement.with("", Set.of()); // whatever comes of it
    }
    if (frame.oversized()) {
      throw RefusedClientException.beyond(
          Limit.OPTION_LENGTH,
          ReplyType.ERR_TOO_BIG,
          "the option is longer than %d bytes, and sluice.nbd.max-option-length permits no more"
              .formatted(maxOptionLength));
    }
    return answer(frame, OptionDecoder.decode(frame.code(), frame.data().duplicate()));
  }

  private OptionAnswer answer(OptionFrame frame, Option option) throws InvalidOptionException {
    int code = frame.code();
    if (stopping.getAsBoolean() && !(option instanceof Option.Abort)) {
      throw new InvalidOptionException(ReplyType.ERR_SHUTDOWN, "the server is going away");
    }
    boolean worksWithoutTls = option instanceof Option.StartTls || option instanceof Option.Abort;
    if (tls == Mode.REQUIRE && !encrypted && !worksWithoutTls) {
      throw new InvalidOptionException(ReplyType.ERR_TLS_REQD, "TLS has to be started first");
    }
    Optional<Place> place = option.export().flatMap(admission::elsewhere);
    if (place.isPresent()) {
      return forward(place.get(), frame);
    }
    return switch (option) {
      case Option.ExportName(String name) -> chooseByName(name);
      case Option.Abort _ -> new OptionAnswer.Farewell(List.of(OptionReply.ack(code)));
      case Option.ListExports _ -> list(code);
      case Option.StartTls _ -> startTls(code);
      case Option.Info(String name, Set<InfoType> requests) ->
          new OptionAnswer.Continue(
              Information.of(
                  code, NegotiatedExport.of(admission.require(name), agreement), requests));
      case Option.Go(String name, Set<InfoType> requests) -> choose(code, name, requests);
      case Option.StructuredReply _ -> agreeOnStructuredReplies(code);
      case Option.ExtendedHeaders _ -> agreeOn(Dialect.EXTENDED, code);
      case Option.ListMetaContext(String name, List<String> queries) ->
          listContexts(code, name, queries);
      case Option.SetMetaContext(String name, List<String> queries) ->
          setContexts(code, name, queries);
      case Option.Unsupported _ -> introduce(frame);
    };
  }

  /** Forwards an option to the owner of the export. Clients with TLS cannot be relayed. */
  private OptionAnswer forward(Place place, OptionFrame frame) throws RefusedClientException {
    if (encrypted) {
      throw Forwarding.refusal(
          place, Answer.Failed.because("this pod passes on clients without TLS only"));
    }
    return new OptionAnswer.Forward(place, frame, new Terms(agreement.dialect(), noZeroes));
  }

  /** Handles {@link RelayOption}, which is an unsupported option to anybody but another pod. */
  private OptionAnswer introduce(OptionFrame frame) throws InvalidOptionException {
    if (frame.code() == RelayOption.CODE && !encrypted) {
      Optional<ByteBuffer> reply = admission.introduce(frame.data());
      if (reply.isPresent()) {
        return new OptionAnswer.Continue(List.of(reply.get()));
      }
    }
    throw new InvalidOptionException(
        ReplyType.ERR_UNSUP, "option %d is not supported".formatted(frame.code()));
  }

  private OptionAnswer startTls(int code) throws InvalidOptionException {
    if (encrypted) {
      throw new InvalidOptionException(ReplyType.ERR_INVALID, "TLS has been started already");
    }
    if (!mayStartTls()) {
      throw new InvalidOptionException(
          ReplyType.ERR_POLICY,
          fixed ? "TLS is switched off here" : "TLS needs fixed newstyle negotiation");
    }
    return new OptionAnswer.StartTls(List.of(OptionReply.ack(code)));
  }

  private OptionAnswer list(int code) throws RefusedClientException {
    return new OptionAnswer.Continue(Information.listed(code, admission.listed(budget)));
  }

  private OptionAnswer agreeOnStructuredReplies(int code) throws InvalidOptionException {
    if (agreement.dialect() == Dialect.EXTENDED) {
      throw new InvalidOptionException(
          ReplyType.ERR_EXT_HEADER_REQD, "extended headers are agreed on, and bring chunks along");
    }
    return agreeOn(Dialect.STRUCTURED, code);
  }

  private OptionAnswer agreeOn(Dialect dialect, int code) {
    agreement = agreement.with(dialect);
    return new OptionAnswer.Continue(List.of(OptionReply.ack(code)));
  }

  private OptionAnswer listContexts(int code, String name, List<String> queries)
      throws InvalidOptionException {
    return new OptionAnswer.Continue(
        Information.listedContexts(code, available(name, MetaContext.listed(queries))));
  }

  private OptionAnswer setContexts(int code, String name, List<String> queries)
      throws InvalidOptionException {
    Set<MetaContext> selected = available(name, MetaContext.selected(queries));
    agreement = agreement.with(admission.require(name).name(), selected);
    return new OptionAnswer.Continue(Information.selectedContexts(code, selected));
  }

  private Set<MetaContext> available(String name, Set<MetaContext> wanted)
      throws InvalidOptionException {
    if (!agreement.dialect().hasChunks()) {
      throw new InvalidOptionException(
          ReplyType.ERR_INVALID,
          "metadata contexts without structured replies or extended headers; expected one first");
    }
    Export export = admission.require(name);
    return BlockStatus.isAvailable(export, agreement.dialect()) ? wanted : Set.of();
  }

  private OptionAnswer choose(int code, String name, Set<InfoType> requests)
      throws InvalidOptionException {
    NegotiatedExport chosen = attach(name);
    return chosen(chosen, Information.of(code, chosen, requests));
  }

  /** Handles EXPORT_NAME, the oldest way to choose. Its only refusal is to close the connection. */
  private OptionAnswer chooseByName(String name) throws InvalidOptionException {
    if (agreement.dialect() == Dialect.EXTENDED) {
      return new OptionAnswer.HangUp("it agreed on extended headers, and then did without GO");
    }
    NegotiatedExport chosen = attach(name);
    int flags = chosen.rules().transmissionFlags();
    long size = chosen.rules().size();
    return chosen(chosen, List.of(ExportNameReply.encode(size, flags, noZeroes)));
  }

  private OptionAnswer chosen(NegotiatedExport export, List<ByteBuffer> replies) {
    return new OptionAnswer.Chosen(export, replies, admission.isRelayed());
  }

  private NegotiatedExport attach(String name) throws InvalidOptionException {
    return NegotiatedExport.of(admission.attach(name), agreement);
  }
}
