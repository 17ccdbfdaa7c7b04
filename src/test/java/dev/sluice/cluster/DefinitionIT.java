package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.KubernetesApi;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The definition of StreamExport, as a real API server and kubectl take it. */
class DefinitionIT {

  private static KubernetesApi api;
  private static String namespace;

  @BeforeAll
  static void start() {
    KubernetesApi.require();
    api = KubernetesApi.shared();
    namespace = api.newNamespace();
  }

  @Test
  void takesEveryFieldAndKeepsIt() {
    String spec =
        "direction: write, path: /run/sluice/a, size: 1G, listen: false, listed: true, clients: {networks: ['10.0.0.0/8'], subjects: ['CN=a']}, "
            + "reorderWindow: 1M, headWindow: 4096, resumeWindow: 0, peerTimeout: 1m, idleTimeout: 5, resumeTimeout: 1s, lifetime: 2h, "
            + "padTail: true, acceptClose: false, acceptUnread: false, acceptExcess: false, copy: true, digest: SHA-256, rateLimit: 10M, "
            + "pod: sluice-1, restartPolicy: Never, ttlSecondsAfterFinished: 60, cancel: false, ticketHash: '%s'"
                .formatted("0a".repeat(32));
    api.apply(namespace, ClusterRig.resource("full", spec)).assertSucceeded();

    String kept =
        api.kubectl("-n", namespace, "get", "sx", "full", "-o", "jsonpath={.spec}").output();
    List<String> fields =
        Arrays.stream(spec.replaceAll("\\{.*?}", "").split(", "))
            .map(field -> field.substring(0, field.indexOf(':')))
            .toList();
    assertThat(fields)
        .hasSize(25)
        .allSatisfy(field -> assertThat(kept).contains('"' + field + '"'));
    assertThat(kept).contains("\"size\":\"1G\"", "\"headWindow\":4096", "10.0.0.0/8", "CN=a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          size: 1G                           | spec.direction: Required value
          direction: up                      | supported values: "write", "read"
          direction: write, peer: ftp        | supported values: "http"
          direction: write, size: 1.5G       | spec.size in body should match
          direction: write, size: 1KiB       | spec.size in body should match
          direction: write, digest: MD5      | supported values: "SHA-256"
          direction: write, listen: 7        | spec.listen in body must be of type boolean
          direction: write, clients: {networks: []} | should have at least 1 items
          direction: write, ticketHash: secret | spec.ticketHash in body should match
          direction: write, restartPolicy: Always | supported values: "IfNotStarted", "Never"
          direction: write, ttlSecondsAfterFinished: -1 | should be greater than or equal to 0
          """)
  void refusesWithWords(String spec, String words) {
    Command.Result refused =
        api.apply(namespace, ClusterRig.resource("wrong", spec), "--validate=false").assertFailed();

    assertThat(refused.errors()).contains(words);
  }

  @Test
  void isShownInColumns() {
    api.apply(namespace, ClusterRig.resource("shown", "direction: read, peer: http"))
        .assertSucceeded();

    assertThat(columns())
        .containsExactly("NAME", "DIRECTION", "PHASE", "POSITION", "SIZE", "POD", "AGE");
    assertThat(columns("-o", "wide")).endsWith("AGE", "URI", "FAILURE");
  }

  private List<String> columns(Object... more) {
    Object[] arguments =
        Stream.concat(Stream.of("-n", namespace, "get", "sx", "shown"), Stream.of(more)).toArray();
    return List.of(
        api.kubectl(arguments)
            .assertSucceeded()
            .output()
            .lines()
            .findFirst()
            .orElseThrow()
            .split(" +"));
  }
}
