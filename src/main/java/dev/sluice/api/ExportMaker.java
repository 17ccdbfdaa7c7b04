package dev.sluice.api;

import dev.sluice.api.problem.ProblemException;
import dev.sluice.api.request.ExportRequest;
import dev.sluice.api.request.JsonBody;
import dev.sluice.api.request.RequestedName;
import dev.sluice.export.Export;
import dev.sluice.export.ExportException;
import dev.sluice.export.ExportProperties;
import dev.sluice.export.ExportRegistry;
import dev.sluice.export.ExportRules;
import dev.sluice.export.ExportSpec;
import dev.sluice.export.ExportUris;
import dev.sluice.export.Ticket;
import dev.sluice.stream.StreamListener;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Creates exports from JSON, wherever the JSON comes from. */
@Component
public final class ExportMaker {

  private final ExportRegistry registry;
  private final ExportProperties properties;
  private final ExportRules rules;
  private final ExportUris uris;

  ExportMaker(
      ExportRegistry registry, ExportProperties properties, ExportRules rules, ExportUris uris) {
    this.registry = registry;
    this.properties = properties;
    this.rules = rules;
    this.uris = uris;
  }

  /**
   * A created export.
   *
   * @param export the export, in state WAITING
   * @param uris its URIs for clients
   * @param ticket the ticket that opens its data; null if none was requested
   */
  public record Made(Export export, List<URI> uris, @Nullable Ticket ticket) {}

  /**
   * A validated request. It can fail only for reasons that show when the export is created.
   *
   * @param spec the spec, with a random name if none was requested
   * @param ticket the ticket that is to open its data; null if none was requested
   */
  public record Asked(ExportSpec spec, @Nullable Ticket ticket) {}

  /**
   * Parses and validates a request.
   *
   * @param json the body of {@code POST /exports}
   * @throws ProblemException if it is not a JSON object, or has wrong fields
   */
  public Asked ask(byte[] json) {
    JsonBody<ExportRequest> wanted = JsonBody.read(json, ExportRequest.class);
    return checked(wanted, wanted.value().spec(properties));
  }

  /**
   * Parses and validates a request for an export of this name.
   *
   * @param json the body of {@code PUT /exports/NAME}
   * @throws ProblemException if it is not a JSON object, has wrong fields, or has another name
   */
  public Asked ask(String name, byte[] json) {
    JsonBody<ExportRequest> wanted = JsonBody.read(json, ExportRequest.class);
    requireSame(name, wanted.value().name());
    return checked(wanted, wanted.value().spec(name, properties));
  }

  private Asked checked(JsonBody<ExportRequest> wanted, ExportSpec spec) {
    Ticket ticket = wanted.value().newTicket();
    ExportSpec whole = spec.with(ticket);
    wanted.refuseFor(rules.check(whole));
    return new Asked(whole, ticket);
  }

  private static void requireSame(String name, @Nullable String inBody) {
    try {
      RequestedName.checked(name);
    } catch (IllegalArgumentException e) {
      throw ProblemException.of("name", name, String.valueOf(e.getMessage()));
    }
    if (inBody != null && !inBody.equals(name)) {
      throw ProblemException.of("name", inBody, "expected that of the path, or none");
    }
  }

  /**
   * Creates an export. Nothing can fail after it is created.
   *
   * @param json the body of {@code POST /exports}
   * @throws ProblemException if it is not a JSON object, or has wrong fields
   * @throws ExportException if the export cannot be created now
   */
  public Made make(byte[] json) {
    Asked asked = ask(json);
    List<URI> reachable = uris.of(asked.spec());
    return new Made(registry.create(asked.spec()), reachable, asked.ticket());
  }

  /**
   * Creates an export that other pods know already; see {@link ExportRegistry#create(ExportSpec,
   * String, Instant, StreamListener)}.
   *
   * @param ticketHash the hash of the ticket that opens its data; null for none
   */
  public Made make(
      byte[] json, String id, Instant createdAt, @Nullable String ticketHash, StreamListener gate) {
    ExportSpec spec = ask(json).spec().withTicket(ticketHash);
    List<URI> reachable = uris.of(spec);
    return new Made(registry.create(spec, id, createdAt, gate), reachable, /* ticket= */ null);
  }
}
