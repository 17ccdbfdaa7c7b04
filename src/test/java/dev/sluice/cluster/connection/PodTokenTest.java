package dev.sluice.cluster.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kubernetes replaces a pod's token, within its hour, and the client has to read it again. */
class PodTokenTest {

  @TempDir private Path folder;
  private final Map<String, @Nullable String> before = new HashMap<>();

  private void set(String key, String value) {
    before.put(key, System.setProperty(key, value));
  }

  @BeforeEach
  void beInAPod() {
    set(Config.KUBERNETES_SERVICE_HOST_PROPERTY, "10.96.0.1");
    set(Config.KUBERNETES_SERVICE_PORT_PROPERTY, "443");
    set(Config.KUBERNETES_AUTH_TRYKUBECONFIG_SYSTEM_PROPERTY, "false");
    set(
        Config.KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN_FILE_SYSTEM_PROPERTY,
        folder.resolve("token").toString());
  }

  @AfterEach
  void beInNone() {
    before.forEach(
        (key, value) -> {
          if (value == null) {
            System.clearProperty(key);
          } else {
            System.setProperty(key, value);
          }
        });
  }

  @Test
  void theTokenOfThePodIsReadAgain() throws Exception {
    Path token = folder.resolve("token");
    Files.writeString(token, "first");
    try (KubernetesClient client =
        ApiServer.client(/* kubeconfig= */ null, "streams", Duration.ofSeconds(9))) {
      Config config = client.getConfiguration();
      assertThat(config.getMasterUrl()).startsWith("https://10.96.0.1:443");
      assertThat(config.getNamespace()).isEqualTo("streams");
      assertThat(config.getAutoOAuthToken()).isEqualTo("first");

      Files.writeString(token, "second");

      assertThat(config.refresh().getAutoOAuthToken()).isEqualTo("second");
    }
  }
}
