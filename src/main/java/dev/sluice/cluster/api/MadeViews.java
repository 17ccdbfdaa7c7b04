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

/** What whoever has asked for an export gets to see: what the pod that has it says of it. */
final class MadeViews {

  private static final int OK = 200;
  private static final int CREATED = 201;

  private final Places places;
  private final ExportRegistry registry;
  private final ExportViews views;
  private final Forwards forwards;
  private final Replies replies;
  private final ResourceViews resources;
  private final JsonMapper json;

  MadeViews(
      Places places,
      ExportRegistry registry,
      ExportViews views,
      Forwards forwards,
      Replies replies,
      ResourceViews resources,
      JsonMapper json) {
    this.places = places;
    this.registry = registry;
    this.views = views;
    this.forwards = forwards;
    this.replies = replies;
    this.resources = resources;
    this.json = json;
  }

  /** An export that was made a moment ago. */
  Reply made(Asking asking, StreamExport resource, @Nullable Ticket ticket)
      throws InterruptedException {
    Reply.Answer answer = replies.json(CREATED, view(asking, resource, ticket));
    Map<String, String> headers = new HashMap<>(answer.headers());
    headers.put(HttpHeaders.LOCATION, asking.location() + "/" + resource.name());
    return new Reply.Answer(CREATED, headers, answer.body());
  }

  /** One that was there; only whoever made it has its ticket. */
  Reply there(Asking asking, StreamExport resource) throws InterruptedException {
    return replies.json(OK, view(asking, resource, null));
  }

  private ObjectNode view(Asking asking, StreamExport resource, @Nullable Ticket ticket)
      throws InterruptedException {
    Optional<Export> local = registry.find(resource.name());
    ObjectNode view =
        local.isPresent() && places.shared().isHere(resource)
            ? json.valueToTree(views.whole(local.get()))
            : elsewhere(asking, resource);
    view.remove("events");
    String url = resource.known().dataUrl();
    if (url != null) {
      String secret = ticket == null ? "" : "?ticket=" + ticket.secret();
      view.putObject("data").put("url", url + secret);
    }
    return view;
  }

  /** It is made, whatever becomes of the request for its view. */
  private ObjectNode elsewhere(Asking asking, StreamExport resource) throws InterruptedException {
    Owner owner = resource.known().owner();
    Body body = Body.NONE;
    try {
      if (places.of(resource.name()) instanceof Place.There there && owner != null) {
        Reply.Answer answer = forwards.get(asking, resource.name(), there.api(), owner);
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
