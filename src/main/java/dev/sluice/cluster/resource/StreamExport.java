package dev.sluice.cluster.resource;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.sluice.export.ExportId;
import dev.sluice.stream.StreamState;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The StreamExport resource. Its spec has the fields of {@code POST /exports}, and some more. */
@Group("sluice.dev")
@Version("v1alpha1")
@ShortNames("sx")
public final class StreamExport extends CustomResource<Map<String, Object>, StreamExportStatus>
    implements Namespaced {

  private static final long serialVersionUID = 1L;

  public static final String FINALIZER = "sluice.dev/export";

  /** The field that names the only pod which may claim it. */
  public static final String POD = "pod";

  /** The field with the SHA-256 of the ticket for its data, in hexadecimal digits. */
  public static final String TICKET_HASH = "ticketHash";

  static final String RESTART_POLICY = "restartPolicy";
  public static final String TTL = "ttlSecondsAfterFinished";
  public static final String CANCEL = "cancel";

  /** The field of the spec that can be changed by REST. */
  public static final String RATE_LIMIT = "rateLimit";

  /** The fields that {@code POST /exports} does not have. */
  private static final Set<String> OWN = Set.of(POD, RESTART_POLICY, TTL, CANCEL, TICKET_HASH);

  @Override
  protected Map<String, Object> initSpec() {
    return Map.of();
  }

  @Override
  @SuppressWarnings("NullAway") // There is none until somebody writes it.
  protected StreamExportStatus initStatus() {
    return null;
  }

  /** Returns the status; {@link StreamExportStatus#NONE} before the first write. */
  @JsonIgnore
  public StreamExportStatus known() {
    return Objects.requireNonNullElse(getStatus(), StreamExportStatus.NONE);
  }

  /** Returns the UID. No other resource has the same, even with the same name. */
  @JsonIgnore
  public String uid() {
    return getMetadata().getUid();
  }

  /** Returns the resource version, which changes with each write. */
  @JsonIgnore
  public String version() {
    return getMetadata().getResourceVersion();
  }

  /** Returns the name of the resource, which is also that of the export. */
  @JsonIgnore
  public String name() {
    return getMetadata().getName();
  }

  /** Returns the id of its export, which is the same on every pod. */
  @JsonIgnore
  public String exportId() {
    return ExportId.of(uid());
  }

  /** Returns when the resource was created. */
  @JsonIgnore
  public Instant createdAt() {
    return Instant.parse(getMetadata().getCreationTimestamp());
  }

  /** Returns the body of {@code POST /exports} for it, without name and ticket. */
  @JsonIgnore
  public Map<String, Object> request() {
    Map<String, Object> body = new LinkedHashMap<>(getSpec());
    body.keySet().removeAll(OWN);
    Map<String, String> labels = getMetadata().getLabels();
    if (labels != null && !labels.isEmpty()) {
      body.put("labels", labels);
    }
    return body;
  }

  /** Returns the SHA-256 of the ticket for its data; null if it has none. */
  @JsonIgnore
  public @Nullable String ticketHash() {
    return getSpec().get(TICKET_HASH) instanceof String hash ? hash : null;
  }

  @JsonIgnore
  public boolean isBeingDeleted() {
    return getMetadata().getDeletionTimestamp() != null;
  }

  /** Returns whether a pod has to claim it. */
  @JsonIgnore
  public boolean wantsOwner() {
    return known().owner() == null && !known().isFinal() && !isBeingDeleted();
  }

  /** Returns whether it is streaming, so that its position changes. */
  @JsonIgnore
  public boolean isMoving() {
    return known().phase() == StreamState.STREAMING;
  }

  /** Returns the name of the only pod that may claim it; null if any may. */
  @JsonIgnore
  public @Nullable String wantedPod() {
    return getSpec().get(POD) instanceof String pod ? pod : null;
  }

  /** Returns whether another pod may claim it if its owner is lost before the first byte. */
  @JsonIgnore
  public boolean mayBePlacedAnew() {
    return !"Never".equals(getSpec().get(RESTART_POLICY));
  }

  @JsonIgnore
  public boolean isCancelled() {
    return Boolean.TRUE.equals(getSpec().get(CANCEL));
  }

  /** Returns when it expires; empty if it has not ended, or has no {@link #TTL}. */
  @JsonIgnore
  public Optional<Instant> expiry() {
    String end = known().completionTime();
    return end != null && getSpec().get(TTL) instanceof Number seconds
        ? Optional.of(Instant.parse(end).plus(Duration.ofSeconds(seconds.longValue())))
        : Optional.empty();
  }
}
