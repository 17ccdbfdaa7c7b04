package dev.sluice.cluster.api;

import dev.sluice.api.ExportViews;
import dev.sluice.api.problem.ProblemException;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import dev.sluice.cluster.view.ResourceViews;
import dev.sluice.export.Export;
import dev.sluice.export.ExportRegistry;
import dev.sluice.export.Ticket;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Builds the response to a request that made an export, from the owner's view of it. */
final class CreatedExportViews {

  private static final int OK = 200;
  private static final int CREATED = 201;

  private final ExportLocator locator;
  private final ExportRegistry registry;
  private final ExportViews views;
  private final Forwarder forwarder;
  private final JsonReplies replies;
  private final ResourceViews resources;
  private final JsonMapper json;

  CreatedExportViews(
      ExportLocator locator,
      ExportRegistry registry,
      ExportViews views,
      Forwarder forwarder,
      JsonReplies replies,
      ResourceViews resources,
      JsonMapper json) {
    this.locator = locator;
    this.registry = registry;
    this.views = views;
    this.forwarder = forwarder;
    this.replies = replies;
    this.resources = resources;
    this.json = json;
  }

  /** Responds 201 for a new export. */
  Reply made(ApiCall call, StreamExport resource, @Nullable Ticket ticket)
      throws InterruptedException {
    Reply.Answer answer = replies.json(CREATED, view(call, resource, ticket));
    Map<String, String> headers = new HashMap<>(answer.headers());
    headers.put(HttpHeaders.LOCATION, call.location() + "/" + resource.name());
    return new Reply.Answer(CREATED, headers, answer.body());
  }

  /** Responds 200 for an export that existed, without its ticket. */
  Reply there(ApiCall call, StreamExport resource) throws InterruptedException {
    return replies.json(OK, view(call, resource, null));
  }

  private ObjectNode view(ApiCall call, StreamExport resource, @Nullable Ticket ticket)
      throws InterruptedException {
    Optional<Export> local = registry.find(resource.name());
    ObjectNode view =
        local.isPresent() && locator.shared().isHere(resource)
            ? json.valueToTree(views.whole(local.get()))
            : elsewhere(call, resource);
    view.remove("events");
    String url = resource.known().dataUrl();
    if (url != null) {
      String secret = ticket == null ? "" : "?ticket=" + ticket.secret();
      view.putObject("data").put("url", url + secret);
    }
    return view;
  }

  /**
   * Asks the owner. If it does not answer, the view is built from the resource, because the export
   * exists anyway.
   */
  private ObjectNode elsewhere(ApiCall call, StreamExport resource) throws InterruptedException {
    Owner owner = resource.known().owner();
    Body body = Body.NONE;
    try {
      if (locator.of(resource.name()) instanceof ExportLocation.There there && owner != null) {
        Reply.Answer answer = forwarder.get(call, resource.name(), there.api(), owner);
        body = answer.status() == OK && isJson(answer) ? answer.body() : body;
      }
    } catch (ProblemException e) {
      // the resource tells less, and enough
    }
    JsonNode told = body.isEmpty() ? null : json.readTree(body.bytes());
    return told instanceof ObjectNode object
        ? object
        : json.valueToTree(resources.of(resource, /* seesNames= */ true));
  }

  private static boolean isJson(Reply.Answer answer) {
    return MediaType.APPLICATION_JSON_VALUE.equals(answer.headers().get(HttpHeaders.CONTENT_TYPE));
  }
}
