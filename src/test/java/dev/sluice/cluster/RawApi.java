package dev.sluice.cluster;

import dev.sluice.cluster.connection.KubeConfig;
import dev.sluice.testing.KubernetesApi;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLContext;

/** One connection to the API server, which says and hears what a pod does, and keeps nothing. */
final class RawApi implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final HttpClient http;
  private final String resources;

  RawApi(KubernetesApi api, String namespace, Executor executor) {
    http = HttpClient.newBuilder().sslContext(context(api)).executor(executor).build();
    resources =
        "https://127.0.0.1:%d/apis/sluice.dev/v1alpha1/namespaces/%s/streamexports"
            .formatted(api.port(), namespace);
  }

  private static SSLContext context(KubernetesApi api) {
    try {
      return SSLUtils.sslContext(KubeConfig.read(api.kubeConfig().toString()).build());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Makes a resource; returns its version. */
  CompletableFuture<String> create(String json) {
    return send("POST", "", json);
  }

  /** Writes the status of one; returns its version. */
  CompletableFuture<String> writeStatus(String name, String json) {
    return send("PUT", "/" + name + "/status", json);
  }

  private CompletableFuture<String> send(String method, String path, String json) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(resources + path))
            .timeout(LIMIT)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(json))
            .build();
    return http.sendAsync(request, BodyHandlers.ofString()).thenApply(RawApi::version);
  }

  private static String version(HttpResponse<String> answer) {
    if (answer.statusCode() >= 300) {
      throw new IllegalStateException(answer.body());
    }
    String key = "\"resourceVersion\":\"";
    int begin = answer.body().indexOf(key) + key.length();
    return answer.body().substring(begin, answer.body().indexOf('"', begin));
  }

  /** Watches all of them from a version on until it is closed, or the server ends that. */
  CompletableFuture<?> watch(String version, LongAdder events, LongAdder bytes) {
    URI uri = URI.create(resources + "?watch=true&timeoutSeconds=1800&resourceVersion=" + version);
    return http.sendAsync(
        HttpRequest.newBuilder(uri).build(),
        BodyHandlers.ofByteArrayConsumer(
            part -> part.ifPresent(some -> count(some, events, bytes))));
  }

  private static void count(byte[] part, LongAdder events, LongAdder bytes) {
    bytes.add(part.length);
    for (byte one : part) {
      if (one == '\n') {
        events.increment();
      }
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
