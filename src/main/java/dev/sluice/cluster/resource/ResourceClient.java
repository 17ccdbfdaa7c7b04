package dev.sluice.cluster.resource;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads resources from the API server, not from a cache, and writes them. Each write names the
 * version that it is based on. If there is a newer one, the write fails with status 409, and
 * changes nothing.
 */
public final class ResourceClient {

  private static final Logger log = LoggerFactory.getLogger(ResourceClient.class);

  private static final String COMPONENT = "sluice";

  private final KubernetesClient client;
  private final IntConsumer failed;

  /**
   * Creates an instance for the client's namespace.
   *
   * @param failed receives the status of a failed request that throws no exception
   */
  public ResourceClient(KubernetesClient client, IntConsumer failed) {
    this.client = client;
    this.failed = failed;
  }

  /** Returns whether a write has failed because there is a newer version, or none any more. */
  public static boolean isOutdated(KubernetesClientException e) {
    return e.getCode() == HttpURLConnection.HTTP_CONFLICT
        || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
  }

  /** Returns the resource of this name; empty if there is none with this UID. */
  public Optional<StreamExport> now(String name, String uid) {
    return Optional.ofNullable(client.resources(StreamExport.class).withName(name).get())
        .filter(one -> one.uid().equals(uid));
  }

  /**
   * Reads one resource.
   *
   * @throws KubernetesClientException if resources cannot be read now
   */
  public void requireReadable() {
    client.resources(StreamExport.class).list(new ListOptionsBuilder().withLimit(1L).build());
  }

  /** Returns the resource of this name, if there is one. */
  public Optional<StreamExport> now(String name) {
    return Optional.ofNullable(client.resources(StreamExport.class).withName(name).get());
  }

  /** Creates a resource. Fails with status 409 if there is one of this name. */
  public StreamExport create(String name, Map<String, String> labels, Map<String, Object> spec) {
    StreamExport made = new StreamExport();
    made.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withNamespace(client.getNamespace())
            .withLabels(labels)
            .build());
    made.setSpec(spec);
    return client.resource(made).create();
  }

  /** Writes the spec of a resource; returns the new version. */
  public StreamExport change(StreamExport resource, Map<String, Object> spec) {
    StreamExport changed = copy(resource);
    changed.setSpec(spec);
    return client.resource(changed).update();
  }

  /** Writes the status of a resource; returns the new version. */
  public StreamExport write(StreamExport resource, StreamExportStatus status) {
    StreamExport changed = copy(resource);
    changed.setStatus(status);
    return client.resource(changed).updateStatus();
  }

  /** Writes the status of a resource that no pod runs any more, and removes the finalizer. */
  public void release(StreamExport resource, StreamExportStatus status) {
    removeFinalizer(write(resource, status));
  }

  /** Keeps a resource until its owner removes the finalizer; returns the new version. */
  public StreamExport addFinalizer(StreamExport resource) {
    if (resource.hasFinalizer(StreamExport.FINALIZER)) {
      return resource;
    }
    StreamExport changed = copy(resource);
    changed.addFinalizer(StreamExport.FINALIZER);
    return client.resource(changed).update();
  }

  /** Removes the finalizer, if there is one. */
  public void removeFinalizer(StreamExport resource) {
    if (resource.hasFinalizer(StreamExport.FINALIZER)) {
      StreamExport changed = copy(resource);
      changed.removeFinalizer(StreamExport.FINALIZER);
      client.resource(changed).update();
    }
  }

  public void delete(StreamExport resource) {
    client
        .resource(resource)
        .lockResourceVersion(resource.getMetadata().getResourceVersion())
        .delete();
  }

  private static StreamExport copy(StreamExport resource) {
    StreamExport copy = new StreamExport();
    copy.setMetadata(new ObjectMetaBuilder(resource.getMetadata()).build());
    List<String> finalizers = resource.getMetadata().getFinalizers();
    copy.getMetadata().setFinalizers(new ArrayList<>(finalizers));
    copy.setSpec(resource.getSpec());
    copy.setStatus(resource.getStatus());
    return copy;
  }

  /** Creates an Event about the resource. A failure is only logged. */
  public void tell(
      StreamExport resource, String pod, boolean normal, String reason, String message) {
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    Event event =
        new EventBuilder()
            .withNewMetadata()
            .withGenerateName(COMPONENT + "-")
            .withNamespace(resource.getMetadata().getNamespace())
            .endMetadata()
            .withNewInvolvedObject()
            .withApiVersion(resource.getApiVersion())
            .withKind(resource.getKind())
            .withNamespace(resource.getMetadata().getNamespace())
            .withName(resource.name())
            .withUid(resource.uid())
            .endInvolvedObject()
            .withNewSource()
            .withComponent(COMPONENT)
            .withHost(pod)
            .endSource()
            .withType(normal ? "Normal" : "Warning")
            .withReason(reason)
            .withMessage(message)
            .withFirstTimestamp(now)
            .withLastTimestamp(now)
            .withCount(1)
            .build();
    try {
      client.v1().events().resource(event).create();
    } catch (KubernetesClientException e) {
      failed.accept(e.getCode());
      log.debug("An Event cannot be created", e);
    }
  }
}
