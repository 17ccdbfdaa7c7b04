package dev.sluice.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * A Kubernetes API server on loopback that knows some kinds, has no objects but those that a test
 * gives it, and takes every object it is given by Helm: enough for Helm to install a chart, and to
 * tell it what the cluster knows.
 */
final class Cluster implements AutoCloseable {

  /** A kind as {@code group/version/kind}, or {@code version/kind} in the group without a name. */
  private static final List<String> BUILT_IN =
      List.of(
          "v1/ConfigMap",
          "v1/Pod",
          "v1/Secret",
          "v1/Service",
          "v1/ServiceAccount",
          "apps/v1/StatefulSet",
          "networking.k8s.io/v1/NetworkPolicy",
          "policy/v1/PodDisruptionBudget",
          "rbac.authorization.k8s.io/v1/Role",
          "rbac.authorization.k8s.io/v1/RoleBinding",
          "apiextensions.k8s.io/v1/CustomResourceDefinition");

  /** Anything gzipped, in Base64. */
  private static final Pattern RECORD = Pattern.compile("H4sI[A-Za-z0-9+/]+=*");

  private static final JsonMapper JSON = new JsonMapper();

  /** The kinds of each version, such as {@code apps/v1}. */
  private final Map<String, List<String>> kinds;

  /** What there is already, by its path. */
  private final Map<String, JsonNode> objects = new ConcurrentHashMap<>();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile String releaseRecord;

  /** Starts one that knows these kinds too, each as {@code group/version/kind}. */
  Cluster(String... more) {
    kinds =
        Stream.concat(BUILT_IN.stream(), Stream.of(more))
            .collect(
                Collectors.groupingBy(
                    kind -> kind.substring(0, kind.lastIndexOf('/')),
                    TreeMap::new,
                    Collectors.mapping(
                        kind -> kind.substring(kind.lastIndexOf('/') + 1), Collectors.toList())));
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Has it hold an object of a release. */
  void add(HasMetadata held, String release) {
    ObjectNode object = JSON.valueToTree(held);
    String namespace = held.getMetadata().getNamespace();
    String version = held.getApiVersion();
    ((ObjectNode) object.required("metadata"))
        .withObject("annotations")
        .put("meta.helm.sh/release-name", release)
        .put("meta.helm.sh/release-namespace", namespace);
    objects.put(
        "/%s/%s/namespaces/%s/%s/%s"
            .formatted(
                version.contains("/") ? "apis" : "api",
                version,
                namespace,
                held.getPlural(),
                held.getMetadata().getName()),
        object);
  }

  /** What a client needs to reach it. */
  String kubeConfig() {
    return """
        apiVersion: v1
        kind: Config
        current-context: test
        clusters: [{name: test, cluster: {server: "http://%s:%d"}}]
        contexts: [{name: test, context: {cluster: test, user: test}}]
        users: [{name: test, user: {}}]
        """
        .formatted(server.getAddress().getHostString(), server.getAddress().getPort());
  }

  /** Helm's record of the release that was installed: its manifest, hooks and notes. */
  JsonNode release() {
    byte[] packed = Base64.getDecoder().decode(releaseRecord);
    try (GZIPInputStream json = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      switch (exchange.getRequestMethod()) {
        case "GET" -> get(exchange, path);
        case "PATCH" -> send(exchange, 200, objects.get(path));
        case "POST", "PUT" -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          remember(body);
          send(exchange, 201, exchange.getRequestHeaders().getFirst("Content-Type"), body);
        }
        default -> send(exchange, 405, object("Status"));
      }
    }
  }

  /** Helm keeps its record in a Secret, which comes as protocol buffers. */
  private void remember(byte[] object) {
    Matcher found = RECORD.matcher(new String(object, StandardCharsets.ISO_8859_1));
    if (found.find()) {
      releaseRecord = found.group();
    }
  }

  private void get(HttpExchange exchange, String path) throws IOException {
    String version = path.replaceFirst("^/apis?/", "");
    if (path.equals("/version")) {
      send(exchange, 200, JSON.createObjectNode().put("gitVersion", "v1.31.0"));
    } else if (path.equals("/api")) {
      ObjectNode versions = object("APIVersions");
      versions.putArray("versions").add("v1");
      send(exchange, 200, versions);
    } else if (path.equals("/apis")) {
      send(exchange, 200, groups());
    } else if (kinds.containsKey(version)) {
      send(exchange, 200, resources(version));
    } else if (objects.containsKey(path)) {
      send(exchange, 200, objects.get(path));
    } else if (path.endsWith("/secrets")) {
      ObjectNode none = object("SecretList");
      none.putArray("items");
      send(exchange, 200, none);
    } else {
      send(exchange, 404, object("Status").put("reason", "NotFound").put("code", 404));
    }
  }

  private ObjectNode groups() {
    ObjectNode groups = object("APIGroupList");
    ArrayNode list = groups.putArray("groups");
    kinds.keySet().stream()
        .filter(version -> version.contains("/"))
        .collect(Collectors.groupingBy(version -> version.substring(0, version.indexOf('/'))))
        .forEach(
            (group, versions) -> {
              ObjectNode entry = list.addObject().put("name", group);
              versions.forEach(
                  version -> describe(entry.withArray("versions").addObject(), version));
              describe(entry.putObject("preferredVersion"), versions.getFirst());
            });
    return groups;
  }

  private static void describe(ObjectNode entry, String version) {
    entry.put("groupVersion", version).put("version", version.replaceFirst(".*/", ""));
  }

  private ObjectNode resources(String version) {
    ObjectNode resources = object("APIResourceList").put("groupVersion", version);
    ArrayNode list = resources.putArray("resources");
    for (String kind : kinds.get(version)) {
      String singular = kind.toLowerCase(Locale.ROOT);
      String plural = singular.endsWith("y") ? singular.replaceFirst("y$", "ies") : singular + "s";
      list.addObject()
          .put("name", plural)
          .put("singularName", singular)
          .put("namespaced", true)
          .put("kind", kind)
          .putArray("verbs")
          .add("create")
          .add("get");
    }
    return resources;
  }

  private static ObjectNode object(String kind) {
    return JSON.createObjectNode().put("kind", kind).put("apiVersion", "v1");
  }

  private static void send(HttpExchange exchange, int status, JsonNode body) throws IOException {
    send(exchange, status, "application/json", JSON.writeValueAsBytes(body));
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
