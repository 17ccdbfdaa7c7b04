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
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Makes exports of what somebody asks for in JSON, whichever way that came. */
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
   * What has been made.
   *
   * @param export in state WAITING
   * @param uris where clients reach it
   * @param ticket what opens its data, if that was asked for
   */
  public record Made(Export export, List<URI> uris, @Nullable Ticket ticket) {}

  /**
   * What somebody asks for, which is in order as far as can be told before it is made.
   *
   * @param spec with a name, be it a random one
   * @param ticket what is to open its data, if that was asked for
   */
  public record Asked(ExportSpec spec, @Nullable Ticket ticket) {}

  /**
   * Reads what somebody asks for.
   *
   * @param json the body of {@code POST /exports}
   * @throws ProblemException when it is no JSON object, or has fields that are wrong
   */
  public Asked ask(byte[] json) {
    JsonBody<ExportRequest> wanted = JsonBody.read(json, ExportRequest.class);
    return checked(wanted, wanted.value().spec(properties));
  }

  /**
   * The same for an export of this name.
   *
   * @param json the body of {@code PUT /exports/NAME}
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
   * Makes an export, as the last thing that can go wrong.
   *
   * @param json the body of {@code POST /exports}
   * @throws ProblemException when it is no JSON object, or has fields that are wrong
   * @throws ExportException when it cannot be made now
   */
  public Made make(byte[] json) {
    Asked asked = ask(json);
    List<URI> reachable = uris.of(asked.spec());
    return new Made(registry.create(asked.spec()), reachable, asked.ticket());
  }

  /**
   * The same of an export that others know already; see {@link ExportRegistry#create(ExportSpec,
   * String, Instant)}.
   *
   * @param ticketHash of what opens its data; null if nothing does
   */
  public Made make(byte[] json, String id, Instant createdAt, @Nullable String ticketHash) {
    ExportSpec spec = ask(json).spec().withTicket(ticketHash);
    List<URI> reachable = uris.of(spec);
    return new Made(registry.create(spec, id, createdAt), reachable, /* ticket= */ null);
  }
}
