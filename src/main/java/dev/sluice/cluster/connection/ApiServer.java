package dev.sluice.cluster.connection;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How the API server is talked to. */
public final class ApiServer {

  private static final Duration LEAST_REQUEST_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration MOST_REQUEST_TIMEOUT = Duration.ofSeconds(5);

  /**
   * After a watch has ended; doubled as long as that fails, up to thirty-two times as much. The API
   * server knows only a hundred changes or so, and has to be asked for all resources after more.
   */
  private static final Duration WATCHES_AGAIN_AFTER = Duration.ofMillis(100);

  private ApiServer() {}

  /**
   * A client for one namespace. Requests end in time, and are not made again by the client: whoever
   * makes one knows better.
   *
   * @param kubeconfig a file for kubectl; the pod's own service account if null
   * @param leaseDuration of which a request may take a third, and from 1 to 5 seconds
   */
  public static KubernetesClient client(
      @Nullable String kubeconfig, String namespace, Duration leaseDuration) {
    ConfigBuilder base =
        kubeconfig == null
            ? new ConfigBuilder(Config.autoConfigure(null))
            : KubeConfig.read(kubeconfig);
    int millis = (int) requestTimeout(leaseDuration).toMillis();
    Config config =
        base.withNamespace(namespace)
            .withConnectionTimeout(millis)
            .withRequestTimeout(millis)
            .withRequestRetryBackoffLimit(0)
            .withWatchReconnectInterval((int) WATCHES_AGAIN_AFTER.toMillis())
            .build();
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withHttpClientFactory(new JdkHttpClientFactory())
        .build();
  }

  private static Duration requestTimeout(Duration leaseDuration) {
    Duration third = leaseDuration.dividedBy(3);
    if (third.compareTo(LEAST_REQUEST_TIMEOUT) < 0) {
      return LEAST_REQUEST_TIMEOUT;
    }
    return third.compareTo(MOST_REQUEST_TIMEOUT) > 0 ? MOST_REQUEST_TIMEOUT : third;
  }
}
