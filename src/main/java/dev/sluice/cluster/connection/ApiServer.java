package dev.sluice.cluster.connection;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Creates clients of the Kubernetes API server. */
public final class ApiServer {

  private static final Duration LEAST_REQUEST_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration MOST_REQUEST_TIMEOUT = Duration.ofSeconds(5);

  /**
   * The delay before a watch that has ended is opened again. The client doubles it while that
   * fails, to at most 32 times this. It is short, because the API server keeps only about a hundred
   * changes: after more, all resources have to be listed again.
   */
  private static final Duration WATCH_RECONNECT_DELAY = Duration.ofMillis(100);

  /** The name of whoever has written a field, as the API server tells it to others who want to. */
  private static final String FIELD_MANAGER = "sluice";

  private ApiServer() {}

  /**
   * Creates a client for one namespace. Requests have a timeout, and only callers retry them.
   *
   * <p>It uses HTTP/1.1. With HTTP/2, all requests would share one connection, and a connection
   * that is lost without a reset would fail them for a quarter of an hour. So it costs one request
   * its response, or a watch two thirds of the Lease duration.
   *
   * @param kubeconfig the path of a kubeconfig; null for the pod's own service account
   * @param leaseDuration the request timeout is a third of it, but at least 1 s and at most 5 s
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
            .withUserAgent(FIELD_MANAGER)
            .withConnectionTimeout(millis)
            .withRequestTimeout(millis)
            .withRequestRetryBackoffLimit(0)
            .withHttp2Disable(true)
            .withWatchReconnectInterval((int) WATCH_RECONNECT_DELAY.toMillis())
            .build();
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withHttpClientFactory(new PingingClientFactory(leaseDuration.dividedBy(3).multipliedBy(2)))
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
