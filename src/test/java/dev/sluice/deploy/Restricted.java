package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Capabilities;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SeccompProfile;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The <em>restricted</em> pod security standard of Kubernetes, field by field, for Linux: its own
 * rules and those of <em>baseline</em>.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/security/pod-security-standards/">the
 *     standard</a>
 */
final class Restricted {

  private Restricted() {}

  static void requireOf(PodSpec pod) {
    assertThat(pod.getHostNetwork()).isNotEqualTo(true);
    assertThat(pod.getHostPID()).isNotEqualTo(true);
    assertThat(pod.getHostIPC()).isNotEqualTo(true);
    assertThat(pod.getEphemeralContainers()).isEmpty();
    assertThat(pod.getVolumes()).allSatisfy(Restricted::requireOf);
    PodSecurityContext security = pod.getSecurityContext();
    assertThat(security.getRunAsNonRoot()).isTrue();
    assertThat(security.getRunAsUser()).isPositive();
    requireOf(security.getSeccompProfile());
    assertThat(security.getSysctls()).isEmpty();
    assertThat(security.getSeLinuxOptions()).isNull();
    assertThat(security.getAppArmorProfile()).isNull();
    assertThat(security.getWindowsOptions()).isNull();
    assertThat(Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream()))
        .isNotEmpty()
        .allSatisfy(Restricted::requireOf);
  }

  private static void requireOf(Container container) {
    SecurityContext security = container.getSecurityContext();
    assertThat(security.getAllowPrivilegeEscalation()).isFalse();
    assertThat(security.getPrivileged()).isNotEqualTo(true);
    assertThat(security.getProcMount()).isIn(null, "Default");
    assertThat(security.getRunAsNonRoot()).isNotEqualTo(false);
    assertThat(security.getRunAsUser())
        .satisfiesAnyOf(user -> assertThat(user).isNull(), user -> assertThat(user).isPositive());
    assertThat(security.getSeLinuxOptions()).isNull();
    assertThat(security.getAppArmorProfile()).isNull();
    assertThat(security.getWindowsOptions()).isNull();
    if (security.getSeccompProfile() != null) {
      requireOf(security.getSeccompProfile());
    }
    Capabilities capabilities = security.getCapabilities();
    assertThat(capabilities.getDrop()).contains("ALL");
    assertThat(capabilities.getAdd()).isSubsetOf("NET_BIND_SERVICE");
    assertThat(container.getPorts())
        .allSatisfy(port -> assertThat(port.getHostPort()).isIn(null, 0));
  }

  private static void requireOf(SeccompProfile profile) {
    assertThat(profile.getType()).isIn("RuntimeDefault", "Localhost");
  }

  private static void requireOf(Volume volume) {
    assertThat(
            Stream.of(
                volume.getConfigMap(),
                volume.getCsi(),
                volume.getDownwardAPI(),
                volume.getEmptyDir(),
                volume.getEphemeral(),
                volume.getPersistentVolumeClaim(),
                volume.getProjected(),
                volume.getSecret()))
        .as("volume %s", volume.getName())
        .anyMatch(Objects::nonNull);
  }
}
