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

/**
 * The resource: in its spec what somebody wants, in the words of {@code POST /exports}, and in its
 * status what has become of it.
 */
@Group("sluice.dev")
@Version("v1alpha1")
@ShortNames("sx")
public final class StreamExport extends CustomResource<Map<String, Object>, StreamExportStatus>
    implements Namespaced {

  private static final long serialVersionUID = 1L;

  static final String FINALIZER = "sluice.dev/export";

  /** The pod that has to take it. */
  public static final String POD = "pod";

  /** The hash of the ticket that opens its data. */
  public static final String TICKET_HASH = "ticketHash";

  static final String RESTART_POLICY = "restartPolicy";
  public static final String TTL = "ttlSecondsAfterFinished";
  public static final String CANCEL = "cancel";

  /** The field of the spec that can be changed by REST. */
  public static final String RATE_LIMIT = "rateLimit";

  /** What is about the resource, and not about the export. */
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

  /** Its status, or one that says nothing. */
  @JsonIgnore
  public StreamExportStatus known() {
    return Objects.requireNonNullElse(getStatus(), StreamExportStatus.NONE);
  }

  /** What no other resource has, be it of the same name. */
  @JsonIgnore
  public String uid() {
    return getMetadata().getUid();
  }

  /** That of the export. */
  @JsonIgnore
  public String name() {
    return getMetadata().getName();
  }

  /** The id of its export, on whichever pod that is. */
  @JsonIgnore
  public String exportId() {
    return ExportId.of(uid());
  }

  /** When somebody asked for it. */
  @JsonIgnore
  public Instant createdAt() {
    return Instant.parse(getMetadata().getCreationTimestamp());
  }

  /** What {@code POST /exports} is sent for it, without the name, and without its ticket. */
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

  /** The hash of the ticket that opens its data; null if none does. */
  @JsonIgnore
  public @Nullable String ticketHash() {
    return getSpec().get(TICKET_HASH) instanceof String hash ? hash : null;
  }

  /** Whether somebody has asked for its end. */
  @JsonIgnore
  public boolean isBeingDeleted() {
    return getMetadata().getDeletionTimestamp() != null;
  }

  /** Whether no pod has it, and one is to. */
  @JsonIgnore
  public boolean wantsOwner() {
    return known().owner() == null && !known().isFinal() && !isBeingDeleted();
  }

  /** Whether its position is on its way. */
  @JsonIgnore
  public boolean isMoving() {
    return known().phase() == StreamState.STREAMING;
  }

  /** The pod that has to take it; null if any may. */
  @JsonIgnore
  public @Nullable String wantedPod() {
    return getSpec().get(POD) instanceof String pod ? pod : null;
  }

  /** Whether another pod may begin it where its owner was lost before the first byte. */
  @JsonIgnore
  public boolean mayBePlacedAnew() {
    return !"Never".equals(getSpec().get(RESTART_POLICY));
  }

  @JsonIgnore
  public boolean isCancelled() {
    return Boolean.TRUE.equals(getSpec().get(CANCEL));
  }

  /** When it is to be deleted, once that is known. */
  @JsonIgnore
  public Optional<Instant> expiry() {
    String end = known().completionTime();
    return end != null && getSpec().get(TTL) instanceof Number seconds
        ? Optional.of(Instant.parse(end).plus(Duration.ofSeconds(seconds.longValue())))
        : Optional.empty();
  }
}
