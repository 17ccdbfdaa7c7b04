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

/**
 * Changes and deletes exports, together with their resources. Methods that end in {@code Here} are
 * for exports of this pod, those in {@code Nowhere} for exports that no pod runs.
 */
final class ExportEditor {

  private static final int OK = 200;
  private static final int NO_CONTENT = 204;
  private static final int ATTEMPTS = 5;
  private static final Duration KNOWN_WITHIN = Duration.ofSeconds(2);

  private final Supplier<SharedExports> all;
  private final ExportRegistry registry;
  private final ExportViews views;
  private final JsonReplies replies;
  private final JsonMapper json;

  ExportEditor(
      Supplier<SharedExports> all,
      ExportRegistry registry,
      ExportViews views,
      JsonReplies replies,
      JsonMapper json) {
    this.all = all;
    this.registry = registry;
    this.views = views;
    this.replies = replies;
    this.json = json;
  }

  /** Ends an export of this pod, then deletes its resource so that no pod makes it again. */
  Reply deleteHere(ApiCall call, StreamExport resource) throws InterruptedException {
    registry.delete(resource.name(), isForced(call));
    try {
      removeWhateverItsVersion(resource);
    } catch (KubernetesClientException e) {
      throw ClusterProblems.later(
          "it has ended, but is still shown, since the API server of Kubernetes has not deleted it; try again");
    }
    return gone(resource);
  }

  private static boolean isForced(ApiCall call) {
    String force = call.force();
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

  /**
   * Deletes a resource that no pod owns. Fails if a pod claims it meanwhile, since that pod has to
   * be asked.
   */
  Reply deleteNowhere(ApiCall call, StreamExport resource) throws InterruptedException {
    isForced(call); // or refuses what that says
    StreamExport last = resource;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        all.get().delete(last);
        return gone(resource);
      } catch (KubernetesClientException e) {
        if (!SharedExports.isOutdated(e)) {
          throw ClusterProblems.of(e);
        }
      }
      last = nowOrGone(resource);
      if (!last.known().isFinal() && last.known().owner() != null) {
        throw ClusterProblems.moved();
      }
    }
    throw ClusterProblems.moved();
  }

  private StreamExport nowOrGone(StreamExport resource) {
    try {
      return now(resource).orElseThrow(() -> ExportException.unknownExport(resource.name()));
    } catch (KubernetesClientException e) {
      throw ClusterProblems.of(e);
    }
  }

  /**
   * Responds once this pod's own cache no longer has the resource, or after {@link #KNOWN_WITHIN}.
   */
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

  /**
   * Changes the rate limit of the running export, and in the spec, for the pod that makes it anew.
   */
  Reply changeHere(ApiCall call, StreamExport resource) throws HttpMediaTypeNotSupportedException {
    JsonBody<ChangeRequest> change = change(call);
    Export export = registry.named(resource.name());
    if (!export.stream().status().state().ended()) { // or it is refused
      write(call, resource);
    }
    export.change(settings -> ChangeRequest.apply(change, settings));
    registry.changes().note();
    return replies.json(OK, views.whole(export));
  }

  /** Changes the rate limit in the spec. */
  Reply changeNowhere(ApiCall call, StreamExport resource)
      throws HttpMediaTypeNotSupportedException {
    change(call);
    if (resource.known().isFinal()) {
      throw ClusterProblems.wrongState("name", resource.name(), "the export has ended");
    }
    return replies.of(write(call, resource), call.seesNames());
  }

  private static JsonBody<ChangeRequest> change(ApiCall call)
      throws HttpMediaTypeNotSupportedException {
    ContentTypes.require(ContentTypes.PATCH, call);
    JsonBody<ChangeRequest> change = JsonBody.read(call.body().bytes(), ChangeRequest.class);
    if (change.has("size")) {
      throw ClusterProblems.wrongState(
          "size",
          String.valueOf(change.value().size()),
          "it cannot change where several pods share the exports; delete this one and make another one");
    }
    return change;
  }

  private StreamExport write(ApiCall call, StreamExport resource) {
    JsonNode sent = json.readTree(call.body().bytes());
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
          throw ClusterProblems.of(e);
        }
      }
      last = nowOrGone(resource);
    }
    throw ClusterProblems.later("others change it at the same time; try again");
  }

  /** Fails, since there is no stream to finish, unless the export is COMPLETED already. */
  Reply finishNowhere(ApiCall call, StreamExport resource) {
    if (!call.body().isEmpty()) {
      JsonBody.read(call.body().bytes(), FinishRequest.class);
    }
    StreamExportStatus status = resource.known();
    if (status.phase() == StreamState.COMPLETED) {
      return replies.of(resource, call.seesNames());
    }
    throw ClusterProblems.wrongState(
        "name",
        resource.name(),
        status.isFinal() ? ended(status) : "no pod has it now, so there is nothing to be finished");
  }

  private static String ended(StreamExportStatus status) {
    String why = status.failure();
    return "the export has ended: " + status.phase() + (why == null ? "" : ", " + why);
  }

  /**
   * Fails, since there is no stream to confirm, unless the export is COMPLETED with this many
   * bytes.
   */
  Reply confirmNowhere(ApiCall call, StreamExport resource) {
    long bytes = JsonBody.read(call.body().bytes(), ConfirmRequest.class).value().bytes();
    StreamExportStatus status = resource.known();
    Long position = status.position();
    if (status.phase() == StreamState.COMPLETED && position != null && position == bytes) {
      return replies.of(resource, call.seesNames());
    }
    throw new ProblemException(
        ProblemType.NOT_CONFIRMED,
        status.isFinal() ? ended(status) : "no pod has the export now, so nothing was sent");
  }

  /** Returns the problem for a request of the data of an export that no pod runs. */
  static ProblemException noData(StreamExport resource) {
    return resource.known().isFinal()
        ? new ProblemException(
            ProblemType.STREAM_ENDED, "the export has ended: " + resource.known().phase())
        : ClusterProblems.later("no pod has the export yet; try again");
  }
}
