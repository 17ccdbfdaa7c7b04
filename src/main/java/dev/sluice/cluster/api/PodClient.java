package dev.sluice.cluster.api;

import dev.sluice.cluster.KubernetesProperties;
import dev.sluice.configuration.UnusableConfigurationException;
import java.net.http.HttpClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * The HTTP client for other pods. It uses no proxy and follows no redirects. After its SSL bundle
 * is reloaded, new requests trust the new authorities. Thread-safe.
 */
final class PodClient implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PodClient.class);

  private final KubernetesProperties properties;
  private volatile HttpClient client;

  PodClient(KubernetesProperties properties, SslBundles bundles) {
    this.properties = properties;
    String name = properties.apiBundle();
    if (name == null) {
      client = builder().build();
      return;
    }
    try {
      client = trusting(bundles.getBundle(name));
      bundles.addBundleUpdateHandler(name, this::reload);
    } catch (RuntimeException e) {
      throw new UnusableConfigurationException(
          "sluice.kubernetes.api-bundle: the SSL bundle '%s' cannot be used: %s"
              .formatted(name, e.getMessage()),
          "Name an SSL bundle with the authorities that have signed the pods' certificates (spring.ssl.bundle.pem.%s.truststore.certificate)."
              .formatted(name));
    }
  }

  private HttpClient.Builder builder() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(properties.connectWithin())
        .followRedirects(HttpClient.Redirect.NEVER)
        .proxy(HttpClient.Builder.NO_PROXY);
  }

  private HttpClient trusting(SslBundle bundle) {
    return builder().sslContext(bundle.createSslContext()).build();
  }

  private void reload(SslBundle bundle) {
    HttpClient before = client;
    try {
      client = trusting(bundle);
    } catch (RuntimeException e) {
      log.error(
          "The SSL bundle '{}' cannot be used as it is now; the one before is kept",
          properties.apiBundle(),
          e);
      return;
    }
    before.shutdown(); // once its requests have ended
  }

  HttpClient get() {
    return client;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
