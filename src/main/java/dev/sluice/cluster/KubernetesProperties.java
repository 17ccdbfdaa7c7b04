package dev.sluice.cluster;

import static java.time.temporal.ChronoUnit.SECONDS;

import dev.sluice.cluster.member.ApiUrl;
import dev.sluice.configuration.RelatedKeys;
import dev.sluice.configuration.Within;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.hibernate.validator.constraints.Range;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Whether this service is one of the pods that share the exports of a namespace.
 *
 * @param enabled whether it is
 * @param namespace whose exports
 * @param pod the name of this pod
 * @param podUid what Kubernetes knows this pod by, if anybody wants to be told
 * @param node the node of this pod, over which exports are spread; they are spread over pods if not
 *     set
 * @param bandwidth how many bytes a second its streams are expected to move together at most
 * @param leaseDuration how long a pod that gives no sign of life keeps its exports
 * @param statusInterval how long a position that others see may be old
 * @param apiUrl where other pods, and peers that come by HTTP, reach this one's REST API
 * @param apiBundle the bundle whose authorities other pods' certificates are from; the JDK's if not
 *     set
 * @param maxForwards how many requests at a time may wait for other pods, and as many more that
 *     wait for a state there
 * @param connectWithin how long another pod may take to be reached
 * @param answerWithin how long it may take to answer; longer than anything waits there
 * @param readyWithin how long an export may take that was asked for by REST, until a pod has it
 * @param nbdAddress the address at which other pods reach this one's NBD listener, to which they
 *     pass clients on; they pass none on to it if not set
 * @param maxRelays how many clients of exports of other pods this one passes on at a time
 * @param kubeconfig how the API server is reached; the pod's own service account if not set
 */
@Validated
@ConfigurationProperties("sluice.kubernetes")
public record KubernetesProperties(
    @DefaultValue("false") boolean enabled,
    @DefaultValue("") @Pattern(regexp = LABEL, message = "{dnsLabel}") String namespace,
    @DefaultValue("") @Pattern(regexp = NAME, message = "{dnsName}") String pod,
    @DefaultValue("") String podUid,
    @DefaultValue("") String node,
    @DefaultValue("1GB") @Within(from = "1B", to = "1TB") DataSize bandwidth,
    @DefaultValue("9s") @DurationUnit(SECONDS) @Within(from = "100ms", to = "10m")
        Duration leaseDuration,
    @DefaultValue("5s") @DurationUnit(SECONDS) @Within(from = "10ms", to = "10m")
        Duration statusInterval,
    @Nullable URI apiUrl,
    @Nullable String apiBundle,
    @DefaultValue("100") @Min(1) int maxForwards,
    @DefaultValue("2s") @DurationUnit(SECONDS) @Within(from = "10ms", to = "1m")
        Duration connectWithin,
    @DefaultValue("65m") @DurationUnit(SECONDS) @Within(from = "1s", to = "1d")
        Duration answerWithin,
    @DefaultValue("10s") @DurationUnit(SECONDS) @Within(from = "100ms", to = "10m")
        Duration readyWithin,
    @Nullable String nbdAddress,
    @DefaultValue("256") @Range(min = 0, max = 10_000) int maxRelays,
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
    if (enabled && !ApiUrl.isUsable(apiUrl)) {
      misfits.put(
          "api-url",
          "must be where other pods reach this one's REST API, such as"
              + " http://sluice-0.sluice-headless.streams.svc:8080, since enabled is true");
    }
    if (nbdAddress != null && !isAddress(nbdAddress)) {
      misfits.put("nbdAddress", "must be an IP address, such as 10.0.0.7, without a port");
    }
    return misfits;
  }

  private static boolean isAddress(String text) {
    try {
      return !InetAddress.ofLiteral(text).isAnyLocalAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
