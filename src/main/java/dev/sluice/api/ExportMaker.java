package dev.sluice.api;

import dev.sluice.api.problem.ProblemException;
import dev.sluice.api.request.ExportRequest;
import dev.sluice.api.request.JsonBody;
import dev.sluice.export.Export;
import dev.sluice.export.ExportException;
import dev.sluice.export.ExportProperties;
import dev.sluice.export.ExportRegistry;
import dev.sluice.export.ExportRules;
import dev.sluice.export.ExportSpec;
import dev.sluice.export.ExportUris;
import dev.sluice.export.Ticket;
import java.net.URI;
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
   * Makes an export, as the last thing that can go wrong.
   *
   * @param json the body of {@code POST /exports}
   * @throws ProblemException when it is no JSON object, or has fields that are wrong
   * @throws ExportException when it cannot be made now
   */
  public Made make(byte[] json) {
    JsonBody<ExportRequest> wanted = JsonBody.read(json, ExportRequest.class);
    Ticket ticket = wanted.value().newTicket();
    ExportSpec spec = wanted.value().spec(properties).with(ticket);
    wanted.refuseFor(rules.check(spec));
    List<URI> reachable = uris.of(spec);
    return new Made(registry.create(spec), reachable, ticket);
  }
}
