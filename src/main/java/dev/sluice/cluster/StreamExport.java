package dev.sluice.cluster;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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

  static final String POD = "pod";
  static final String RESTART_POLICY = "restartPolicy";
  static final String TTL = "ttlSecondsAfterFinished";
  static final String CANCEL = "cancel";
  static final String RATE_LIMIT = "rateLimit";

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
  StreamExportStatus known() {
    return Objects.requireNonNullElse(getStatus(), StreamExportStatus.NONE);
  }

  /** What no other resource has, be it of the same name. */
  @JsonIgnore
  String uid() {
    return getMetadata().getUid();
  }

  @JsonIgnore
  String name() {
    return getMetadata().getName();
  }

  @JsonIgnore
  boolean isBeingDeleted() {
    return getMetadata().getDeletionTimestamp() != null;
  }

  /** The pod that has to take it; null if any may. */
  @JsonIgnore
  @Nullable String wantedPod() {
    return getSpec().get(POD) instanceof String pod ? pod : null;
  }

  /** Whether another pod may begin it where its owner was lost before the first byte. */
  @JsonIgnore
  boolean mayBePlacedAnew() {
    return !"Never".equals(getSpec().get(RESTART_POLICY));
  }

  @JsonIgnore
  boolean isCancelled() {
    return Boolean.TRUE.equals(getSpec().get(CANCEL));
  }

  /** When it is to be deleted, once that is known. */
  @JsonIgnore
  Optional<Instant> expiry() {
    String end = known().completionTime();
    return end != null && getSpec().get(TTL) instanceof Number seconds
        ? Optional.of(Instant.parse(end).plus(Duration.ofSeconds(seconds.longValue())))
        : Optional.empty();
  }
}
