package dev.sluice.cluster;

import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.export.Export;
import dev.sluice.export.ExportRegistry;
import dev.sluice.testing.FreePort;
import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.RelayingProxy;
import dev.sluice.testing.Workspace;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A namespace of the real API server, and services within this process that share its exports. */
public final class ClusterRig implements AutoCloseable {

  public static final Duration SOON = Duration.ofSeconds(40);

  private static final JsonMapper JSON = JsonMapper.builder().build();

  public final KubernetesApi api = KubernetesApi.shared();
  public final String namespace = api.newNamespace();
  private final List<AutoCloseable> open = new ArrayList<>();

  /** A service as one of the pods. */
  public OwnService pod(String name, String... more) {
    return podBy(api.kubeConfig(), name, more);
  }

  /** A service that reaches the API server by a proxy. */
  public OwnService podBehind(RelayingProxy proxy, String name, String... more) {
    try {
      Path config = Workspace.newPath("kubeconfig");
      Files.writeString(
          config, Files.readString(api.kubeConfig()).replace(":" + api.port(), ":" + proxy.port()));
      return podBy(config, name, more);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A service that reaches the API server as a file for kubectl says. */
  OwnService podBy(Path kubeConfig, String name, String... more) {
    List<String> properties = new ArrayList<>(List.of(more));
    properties.add("sluice.exports.store=none");
    properties.add("sluice.exports.drain-linger=0s");
    properties.add("sluice.kubernetes.enabled=true");
    properties.add("sluice.kubernetes.namespace=" + namespace);
    properties.add("sluice.kubernetes.pod=" + name);
    properties.add("sluice.kubernetes.kubeconfig=" + kubeConfig);
    if (properties.stream().noneMatch(key -> key.startsWith("sluice.kubernetes.api-url"))) {
      int port = FreePort.any();
      properties.add("server.port=" + port);
      properties.add("sluice.kubernetes.api-url=http://127.0.0.1:" + port);
    }
    addUnlessThere(properties, "sluice.kubernetes.lease-duration", "3s");
    addUnlessThere(properties, "sluice.kubernetes.status-interval", "200ms");
    OwnService service = OwnService.with(properties);
    open.add(service);
    return service;
  }

  /** The names of the exports that a pod itself has. */
  static List<String> on(OwnService pod) {
    return pod.bean(ExportRegistry.class).list().stream().map(Export::name).toList();
  }

  private static void addUnlessThere(List<String> properties, String key, String value) {
    if (properties.stream().noneMatch(property -> property.startsWith(key + "="))) {
      properties.add(key + "=" + value);
    }
  }

  /** A way to the API server that can be cut. */
  public RelayingProxy proxy() {
    RelayingProxy proxy = new RelayingProxy(new InetSocketAddress("127.0.0.1", api.port()));
    open.add(proxy);
    return proxy;
  }

  /** Has somebody ask for an export; the spec is YAML in one line, such as "direction: read". */
  public void ask(String name, String spec) {
    api.apply(namespace, resource(name, spec)).assertSucceeded();
  }

  public static String resource(String name, String spec) {
    return """
    apiVersion: sluice.dev/v1alpha1
    kind: StreamExport
    metadata: {name: %s}
    spec: {%s}
    """
        .formatted(name, spec);
  }

  /** The same as an object, for whoever makes it without kubectl. */
  public static StreamExport parsed(String name, String spec) {
    return new KubernetesSerialization().unmarshal(resource(name, spec), StreamExport.class);
  }

  /** Runs kubectl in the namespace; returns what it prints. */
  public String kubectl(Object... arguments) {
    List<Object> all = new ArrayList<>(List.of("-n", namespace));
    all.addAll(List.of(arguments));
    return api.kubectl(all.toArray()).assertSucceeded().output();
  }

  /** The status of a resource, as JSON. */
  public JsonNode status(String name) {
    return JSON.readTree(kubectl("get", "sx", name, "-o", "json")).path("status");
  }

  /** The phase of each resource that has one. */
  List<String> phases() {
    return List.of(kubectl("get", "sx", "-o", "jsonpath={.items[*].status.phase}").split(" "));
  }

  /** Waits until the status is as expected. */
  public JsonNode await(String name, Predicate<JsonNode> expected) {
    return await(name, expected, SOON);
  }

  private JsonNode await(String name, Predicate<JsonNode> expected, Duration limit) {
    return Awaitility.await()
        .alias("the status of " + name + " in " + namespace)
        .atMost(limit)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> status(name), expected);
  }

  public JsonNode awaitPhase(String name, String phase) {
    return awaitPhase(name, phase, SOON);
  }

  JsonNode awaitPhase(String name, String phase, Duration limit) {
    return await(name, status -> status.path("phase").asString("").equals(phase), limit);
  }

  /** Waits until a resource is gone. */
  public void awaitNone(String name) {
    Awaitility.await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> kubectl("get", "sx", name, "--ignore-not-found", "-o", "name"), String::isBlank);
  }

  /** One condition of a status. */
  public static JsonNode condition(JsonNode status, String type) {
    for (JsonNode condition : status.path("conditions")) {
      if (condition.path("type").asString().equals(type)) {
        return condition;
      }
    }
    throw new AssertionError("no condition " + type + " in " + status);
  }

  /** Resources first: those that a killed process had are let go by the others. */
  @Override
  public void close() throws Exception {
    api.kubectl("-n", namespace, "delete", "sx", "--all", "--timeout=20s");
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }
}
