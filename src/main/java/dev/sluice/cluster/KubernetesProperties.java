package dev.sluice.cluster;

import static java.time.temporal.ChronoUnit.SECONDS;

import dev.sluice.configuration.RelatedKeys;
import dev.sluice.configuration.Within;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.validation.annotation.Validated;

/**
 * Whether this service is one of the pods that share the exports of a namespace.
 *
 * @param enabled whether it is
 * @param namespace whose exports
 * @param pod the name of this pod
 * @param podUid what Kubernetes knows this pod by, if anybody wants to be told
 * @param leaseDuration how long a pod that gives no sign of life keeps its exports
 * @param statusInterval how long a position that others see may be old
 * @param apiUrl where other pods reach this one's REST API, for peers that come by HTTP
 * @param kubeconfig how the API server is reached; the pod's own service account if not set
 */
@Validated
@ConfigurationProperties("sluice.kubernetes")
public record KubernetesProperties(
    @DefaultValue("false") boolean enabled,
    @DefaultValue("") @Pattern(regexp = LABEL, message = "{dnsLabel}") String namespace,
    @DefaultValue("") @Pattern(regexp = NAME, message = "{dnsName}") String pod,
    @DefaultValue("") String podUid,
    @DefaultValue("15s") @DurationUnit(SECONDS) @Within(from = "100ms", to = "10m")
        Duration leaseDuration,
    @DefaultValue("5s") @DurationUnit(SECONDS) @Within(from = "10ms", to = "10m")
        Duration statusInterval,
    @Nullable URI apiUrl,
    @Nullable String kubeconfig)
    implements RelatedKeys {

  private static final String WORD = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";

  /** The name of a namespace, or nothing. */
  static final String LABEL = "(" + WORD + ")?";

  /** The name of a pod, or nothing; its Lease has eighteen characters more. */
  static final String NAME = "(?=.{0,235}$)(" + WORD + "(\\." + WORD + ")*)?";

  @Override
  public Map<String, String> misfits() {
    Map<String, String> misfits = new HashMap<>();
    if (enabled && namespace.isEmpty()) {
      misfits.put("namespace", "must be the name of a namespace, since enabled is true");
    }
    if (enabled && pod.isEmpty()) {
      misfits.put("pod", "must be the name of this pod, since enabled is true");
    }
    return misfits;
  }
}
