package dev.sluice.cluster.api;

import dev.sluice.api.ExportViews;
import dev.sluice.api.problem.ProblemException;
import dev.sluice.api.problem.ProblemType;
import dev.sluice.api.request.ChangeRequest;
import dev.sluice.api.request.ConfirmRequest;
import dev.sluice.api.request.FinishRequest;
import dev.sluice.api.request.Flag;
import dev.sluice.api.request.JsonBody;
import dev.sluice.cluster.SharedExports;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus;
import dev.sluice.export.Export;
import dev.sluice.export.ExportException;
import dev.sluice.export.ExportRegistry;
import dev.sluice.stream.StreamState;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Changes and deletes exports that this pod has, or none has, with their resources. */
final class Edits {

  private static final int OK = 200;
  private static final int NO_CONTENT = 204;
  private static final int ATTEMPTS = 5;
  private static final Duration KNOWN_WITHIN = Duration.ofSeconds(2);

  private final Supplier<SharedExports> all;
  private final ExportRegistry registry;
  private final ExportViews views;
  private final Replies replies;
  private final JsonMapper json;

  Edits(
      Supplier<SharedExports> all,
      ExportRegistry registry,
      ExportViews views,
      Replies replies,
      JsonMapper json) {
    this.all = all;
    this.registry = registry;
    this.views = views;
    this.replies = replies;
    this.json = json;
  }

  /** Ends an export of this pod, and then nobody is to make it again. */
  Reply deleteHere(Asking asking, StreamExport resource) throws InterruptedException {
    registry.delete(resource.name(), isForced(asking));
    try {
      removeWhateverItsVersion(resource);
    } catch (KubernetesClientException e) {
      throw Problem.later(
          "it has ended, but is still shown, since the API server of Kubernetes has not deleted it; try again");
    }
    return gone(resource);
  }

  private static boolean isForced(Asking asking) {
    String force = asking.force();
    return force != null && Flag.isTrue("force", force);
  }

  private void removeWhateverItsVersion(StreamExport resource) {
    for (int attempt = 0; ; attempt++) {
      Optional<StreamExport> now = now(resource);
      if (now.isEmpty() || now.get().isBeingDeleted()) {
        return;
      }
      try {
        all.get().delete(now.get());
        return;
      } catch (KubernetesClientException e) {
        if (attempt >= ATTEMPTS || !SharedExports.isOutdated(e)) {
          throw e;
        }
      }
    }
  }

  private Optional<StreamExport> now(StreamExport resource) {
    return all.get().now(resource.name()).filter(one -> one.uid().equals(resource.uid()));
  }

  /** Deletes what no pod has; a pod that takes it at this moment is asked first. */
  Reply deleteNowhere(Asking asking, StreamExport resource) throws InterruptedException {
    isForced(asking); // or refuses what that says
    StreamExport last = resource;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        all.get().delete(last);
        return gone(resource);
      } catch (KubernetesClientException e) {
        if (!SharedExports.isOutdated(e)) {
          throw Problem.of(e);
        }
      }
      last = nowOrGone(resource);
      if (!last.known().isFinal() && last.known().owner() != null) {
        throw Problem.moved();
      }
    }
    throw Problem.moved();
  }

  private StreamExport nowOrGone(StreamExport resource) {
    try {
      return now(resource).orElseThrow(() -> ExportException.unknownExport(resource.name()));
    } catch (KubernetesClientException e) {
      throw Problem.of(e);
    }
  }

  /** This pod is not to show it any more when the answer is there. */
  private Reply gone(StreamExport resource) throws InterruptedException {
    all.get()
        .await(
            resource.name(),
            known ->
                known
                    .filter(one -> one.uid().equals(resource.uid()) && !one.isBeingDeleted())
                    .isEmpty(),
            KNOWN_WITHIN);
    return new Reply.Answer(NO_CONTENT, Map.of(), Body.NONE);
  }

  /** Changes the rate limit of an export of this pod, and of whoever makes it again. */
  Reply changeHere(Asking asking, StreamExport resource) throws HttpMediaTypeNotSupportedException {
    JsonBody<ChangeRequest> change = change(asking);
    Export export = registry.named(resource.name());
    if (!export.stream().status().state().ended()) { // or it is refused
      write(asking, resource);
    }
    export.change(settings -> ChangeRequest.apply(change, settings));
    registry.changes().note();
    return replies.json(OK, views.whole(export));
  }

  /** The same of one that no pod has. */
  Reply changeNowhere(Asking asking, StreamExport resource)
      throws HttpMediaTypeNotSupportedException {
    change(asking);
    if (resource.known().isFinal()) {
      throw Problem.wrongState("name", resource.name(), "the export has ended");
    }
    return replies.of(write(asking, resource), asking.seesNames());
  }

  private static JsonBody<ChangeRequest> change(Asking asking)
      throws HttpMediaTypeNotSupportedException {
    Bodies.require(Bodies.PATCH, asking);
    JsonBody<ChangeRequest> change = JsonBody.read(asking.body().bytes(), ChangeRequest.class);
    if (change.has("size")) {
      throw Problem.wrongState(
          "size",
          String.valueOf(change.value().size()),
          "it cannot change where several pods share the exports; delete this one and make another one");
    }
    return change;
  }

  private StreamExport write(Asking asking, StreamExport resource) {
    JsonNode sent = json.readTree(asking.body().bytes());
    if (!sent.has(StreamExport.RATE_LIMIT)) {
      return resource;
    }
    JsonNode limit = sent.path(StreamExport.RATE_LIMIT);
    StreamExport last = resource;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Map<String, Object> spec = new HashMap<>(last.getSpec());
      if (limit.isNull()) {
        spec.remove(StreamExport.RATE_LIMIT);
      } else {
        spec.put(StreamExport.RATE_LIMIT, json.treeToValue(limit, Object.class));
      }
      try {
        return spec.equals(last.getSpec()) ? last : all.get().change(last, spec);
      } catch (KubernetesClientException e) {
        if (!SharedExports.isOutdated(e)) {
          throw Problem.of(e);
        }
      }
      last = nowOrGone(resource);
    }
    throw Problem.later("others change it at the same time; try again");
  }

  /** Nothing can be finished where no pod has a stream; that it is complete can be said again. */
  Reply finishNowhere(Asking asking, StreamExport resource) {
    if (!asking.body().isEmpty()) {
      JsonBody.read(asking.body().bytes(), FinishRequest.class);
    }
    StreamExportStatus status = resource.known();
    if (status.phase() == StreamState.COMPLETED) {
      return replies.of(resource, asking.seesNames());
    }
    throw Problem.wrongState(
        "name",
        resource.name(),
        status.isFinal() ? ended(status) : "no pod has it now, so there is nothing to be finished");
  }

  private static String ended(StreamExportStatus status) {
    String why = status.failure();
    return "the export has ended: " + status.phase() + (why == null ? "" : ", " + why);
  }

  /** The same of what a peer confirms. */
  Reply confirmNowhere(Asking asking, StreamExport resource) {
    long bytes = JsonBody.read(asking.body().bytes(), ConfirmRequest.class).value().bytes();
    StreamExportStatus status = resource.known();
    Long position = status.position();
    if (status.phase() == StreamState.COMPLETED && position != null && position == bytes) {
      return replies.of(resource, asking.seesNames());
    }
    throw new ProblemException(
        ProblemType.NOT_CONFIRMED,
        status.isFinal() ? ended(status) : "no pod has the export now, so nothing was sent");
  }

  /** There is nothing to be had, or to be given. */
  static ProblemException noData(StreamExport resource) {
    return resource.known().isFinal()
        ? new ProblemException(
            ProblemType.STREAM_ENDED, "the export has ended: " + resource.known().phase())
        : Problem.later("no pod has the export yet; try again");
  }
}
