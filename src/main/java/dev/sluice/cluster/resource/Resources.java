package dev.sluice.cluster.resource;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
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
 * What is written to the API server, and read from it at once. Each write names the version that it
 * was thought out for; where there is a newer one, it fails with status 409, and changes nothing.
 */
public final class Resources {

  private static final Logger log = LoggerFactory.getLogger(Resources.class);

  private static final String COMPONENT = "sluice";

  private final KubernetesClient client;
  private final IntConsumer failed;

  /**
   * Writes to an API server.
   *
   * @param failed is told the status of a request whose failure nobody else hears of
   */
  public Resources(KubernetesClient client, IntConsumer failed) {
    this.client = client;
    this.failed = failed;
  }

  /** Whether somebody else was faster, or it is gone. */
  public static boolean isOutdated(KubernetesClientException e) {
    return e.getCode() == HttpURLConnection.HTTP_CONFLICT
        || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
  }

  /** The resource of a name as it is now; empty where there is none with this UID. */
  public Optional<StreamExport> now(String name, String uid) {
    return Optional.ofNullable(client.resources(StreamExport.class).withName(name).get())
        .filter(one -> one.uid().equals(uid));
  }

  /** The resource of a name as it is now. */
  public Optional<StreamExport> now(String name) {
    return Optional.ofNullable(client.resources(StreamExport.class).withName(name).get());
  }

  /** Makes one; fails with status 409 if there is one of this name. */
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

  /** Writes its spec. */
  public StreamExport change(StreamExport resource, Map<String, Object> spec) {
    StreamExport changed = copy(resource);
    changed.setSpec(spec);
    return client.resource(changed).update();
  }

  /** Writes its status. */
  public StreamExport write(StreamExport resource, StreamExportStatus status) {
    StreamExport changed = copy(resource);
    changed.setStatus(status);
    return client.resource(changed).updateStatus();
  }

  /** Writes the status of one whose stream no pod has any more, so that it may go from now on. */
  public void release(StreamExport resource, StreamExportStatus status) {
    removeFinalizer(write(resource, status));
  }

  /** Keeps a resource from going before its export has. */
  public StreamExport addFinalizer(StreamExport resource) {
    if (resource.hasFinalizer(StreamExport.FINALIZER)) {
      return resource;
    }
    StreamExport changed = copy(resource);
    changed.addFinalizer(StreamExport.FINALIZER);
    return client.resource(changed).update();
  }

  /** Lets it go. */
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

  /** Tells those who describe the resource; nothing depends on whether that works. */
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
      log.debug("An event was not taken", e);
    }
  }
}
