package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The chart as Helm has installed it on a real node, three pods of the shipped image, and beside
 * them a pod with clients and one with peers.
 */
final class NodeRelease {

  static final String NAMESPACE = "streams";
  static final int PODS = 3;

  /** How long a pod that is told to stop waits for its streams. */
  private static final int DRAIN_SECONDS = 12;

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  final RealNode node;
  private final Path chart = Workspace.newFolder("chart").resolve("sluice");
  private final String token;

  NodeRelease(RealNode node) throws IOException {
    this.node = node;
    copyChart();
    helm("install", "demo", chart, "--create-namespace")
        .with("--disable-openapi-validation", "--server-side=false")
        .with("--set", "cluster.enabled=true", "--set", "replicas=" + PODS)
        .with("--set", "image.repository=" + Image.NAME.replaceFirst(":.*", ""))
        .with("--set", "image.tag=" + Image.NAME.replaceFirst(".*:", ""))
        .with("--set", "image.pullPolicy=Never")
        .with("--set", "drainSeconds=" + DRAIN_SECONDS)
        .with("--set", "networkPolicy.enabled=true")
        .with("--set", "networkPolicy.nbd[0].podSelector.matchLabels.app=client")
        .with("--set", "networkPolicy.api[0].podSelector.matchLabels.app=peer")
        .run()
        .assertSucceeded();
    for (String pod : new String[] {"client", "peer"}) {
      node.apply(NAMESPACE, helper(pod));
    }
    // kubectl may have asked before what resources there are.
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> node.kubectl("-n", NAMESPACE, "get", "sx").exitCode() == 0);
    awaitPods();
    kubectl("wait", "--for=condition=Ready", "pod/client", "pod/peer", "--timeout=60s");
    token =
        new String(
            Base64.getDecoder()
                .decode(
                    kubectl(
                        "get", "secret", "demo-sluice-tokens", "-o", "jsonpath={.data.operator}")));
  }

  /** The chart, for a server that is older than those it is for. */
  private void copyChart() throws IOException {
    Command.of("cp", "-r", Chart.FOLDER.toAbsolutePath(), chart).run().assertSucceeded();
    lower("Chart.yaml", ">=1\\.\\d+\\.0-0", ">=1.20.0-0");
    lower("templates/poddisruptionbudget.yaml", "policy/v1", "policy/v1beta1");
  }

  private void lower(String file, String pattern, String version) throws IOException {
    Path path = chart.resolve(file);
    String lowered = Files.readString(path).replaceFirst(pattern, version);
    assertThat(lowered).contains(version);
    Files.writeString(path, lowered);
  }

  private static String helper(String name) {
    return """
        apiVersion: v1
        kind: Pod
        metadata: {name: %s, labels: {app: %s}}
        spec:
          automountServiceAccountToken: false
          enableServiceLinks: false
          terminationGracePeriodSeconds: 0
          containers:
            - {name: tools, image: "%s", imagePullPolicy: Never, command: [sleep, infinity]}
        """
        .formatted(name, name, Image.NAME);
  }

  Command helm(Object... arguments) {
    return node.command("helm", "-n", NAMESPACE).with(arguments);
  }

  /** Upgrades it with another value, and does not wait. */
  void upgrade(String value) {
    helm("upgrade", "demo", chart, "--reuse-values", "--set", value)
        .with("--disable-openapi-validation", "--server-side=false")
        .run()
        .assertSucceeded();
  }

  /** Runs kubectl in the namespace; returns what it prints. */
  String kubectl(Object... arguments) {
    return node.kubectl(Stream.concat(Stream.of("-n", NAMESPACE), Stream.of(arguments)).toArray())
        .assertSucceeded()
        .output();
  }

  /** A script in a pod; the arguments are its {@code $1}, {@code $2} and so on. */
  Command inPod(String pod, String script, Object... arguments) {
    return node.command("kubectl", "-n", NAMESPACE, "exec", pod, "--", "bash", "-c", script, "bash")
        .with(arguments);
  }

  /** Waits until all pods are those of the last upgrade, and ready. */
  void awaitPods() {
    try (Command.Running status =
        node.command("kubectl", "-n", NAMESPACE, "rollout", "status", "statefulset/demo-sluice")
            .start()) {
      status.await(LIMIT.multipliedBy(2)).assertSucceeded();
    }
    // They take part some moments after they are ready, and others may have to be called lost.
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> kubectl("get", "leases", "-o", "name").lines().count() == PODS && areReady());
  }

  /** Whether all pods are ready, and none of them is about to go. */
  private boolean areReady() {
    String ready =
        "jsonpath={range .items[*]}{.metadata.deletionTimestamp}"
            + "{.status.conditions[?(@.type=='Ready')].status} {end}";
    return kubectl("get", "pods", "-l", "app.kubernetes.io/name=sluice", "-o", ready)
        .equals("True ".repeat(PODS));
  }

  /** Evicts a pod as soon as that is permitted. */
  void awaitEviction(String pod) {
    Awaitility.await().atMost(LIMIT).until(() -> evict(pod).exitCode() == 0);
  }

  /** Evicts a pod as the drain of a node does. */
  Command.Result evict(String pod) {
    return node.command("sh", "-c", "echo \"$1\" | kubectl create --raw \"$2\" -f -", "sh")
        .with(
            """
            {"apiVersion": "policy/v1beta1", "kind": "Eviction", "metadata": {"name": "%s"}}"""
                .formatted(pod))
        .with("/api/v1/namespaces/%s/pods/%s/eviction".formatted(NAMESPACE, pod))
        .run();
  }

  /** Asks for an export; the spec is YAML in one line, such as "direction: read". */
  void ask(String name, String spec) {
    node.apply(
        NAMESPACE,
        """
        apiVersion: sluice.dev/v1alpha1
        kind: StreamExport
        metadata: {name: %s}
        spec: {%s}
        """
            .formatted(name, spec));
  }

  /** The HTTP status when one pod is asked for an export; whoever is told to come later does. */
  String answer(String pod, String name) {
    return inPod(
            pod,
            """
            curl -s -o /dev/null -w '%{http_code}' --retry 3 --retry-delay 1 \
              -H "Authorization: Bearer $2" "http://localhost:8080/exports/$1" | tail -c 3
            """,
            name,
            token)
        .run()
        .assertSucceeded()
        .output();
  }

  /** The status of an export, as JSON. */
  JsonNode status(String name) {
    return JSON.readTree(kubectl("get", "sx", name, "-o", "json")).path("status");
  }

  JsonNode await(String name, Predicate<JsonNode> expected) {
    return Awaitility.await()
        .alias("the status of " + name)
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(300))
        .until(() -> status(name), expected);
  }

  JsonNode awaitPhase(String name, String phase) {
    return await(name, status -> status.path("phase").asString("").equals(phase));
  }

  /** An operator's token for the API. */
  String token() {
    return token;
  }

  /** The pods that a selector of the chart's policy has, by its JSON pointer. */
  List<String> selected(String pointer) {
    String policy = kubectl("get", "networkpolicy", "demo-sluice", "-o", "json");
    JsonNode labels = JSON.readTree(policy).at(pointer + "/matchLabels");
    String selector =
        labels
            .propertyStream()
            .map(label -> label.getKey() + "=" + label.getValue().asString())
            .collect(Collectors.joining(","));
    assertThat(selector).isNotEmpty();
    String names = "jsonpath={.items[*].metadata.name}";
    return List.of(kubectl("get", "pods", "-l", selector, "-o", names).split(" "));
  }

  /** Whether somebody in a pod reaches a port of the service. */
  boolean canConnect(String pod, int port) {
    return inPod(pod, "timeout 5 bash -c \"exec 3<>/dev/tcp/demo-sluice/$1\"", port)
            .run()
            .exitCode()
        == 0;
  }

  void awaitRefusal(String pod, int port) {
    Awaitility.await().atMost(LIMIT).until(() -> !canConnect(pod, port));
  }

  /** What is left of the exports is deleted, and that does not hang. */
  void deleteAll() {
    kubectl("delete", "sx", "--all", "--timeout=50s");
  }
}
