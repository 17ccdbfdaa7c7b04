package dev.sluice.cluster.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.ClusterRig;
import dev.sluice.export.ExportRegistry;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import dev.sluice.testing.RestClient.Answer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/** Two pods with tokens, one of which has another role on each; the second one forwards little. */
final class TwoPods implements AutoCloseable {

  static final String OPERATOR = "operators-token-0001";

  /** The token of an operator at the first pod, and of a viewer at the second one. */
  static final String MIXED = "somebodys-token-0002";

  static final String FIRST = "sluice-0";
  static final String SECOND = "sluice-1";

  final ClusterRig rig = new ClusterRig();
  final OwnService first =
      rig.pod(
          FIRST,
          "sluice.security.tokens=" + OPERATOR + "," + MIXED,
          "sluice.kubernetes.ready-within=30s");
  final OwnService second =
      rig.pod(
          SECOND,
          "sluice.security.tokens=%s,viewer:%s".formatted(OPERATOR, MIXED),
          "sluice.kubernetes.max-forwards=1",
          "sluice.kubernetes.ready-within=5s");
  final RestClient atFirst = RestClient.of(first, OPERATOR);
  final RestClient atSecond = RestClient.of(second, OPERATOR);

  /** Both know the exports of all, and each other. */
  TwoPods() {
    for (RestClient one : new RestClient[] {atFirst, atSecond}) {
      Awaitility.await()
          .atMost(ClusterRig.SOON)
          .until(() -> one.get("/exports/nobody").status() == 404);
    }
  }

  /** Asks the first pod for an export whose peer comes by HTTP, and that the second one has. */
  JsonNode makeAtSecond(String name, String direction, String more) {
    Answer made =
        atFirst.post(
            """
            {"name": "%s", "peer": "http", "direction": "%s", "pod": "sluice-1"%s}\
            """
                .formatted(name, direction, more));
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    assertThat(has(second, name)).isTrue();
    assertThat(has(first, name)).isFalse();
    return made.json();
  }

  /** There is no resource of this name. */
  void assertNone(String name) {
    assertThat(rig.kubectl("get", "sx", name, "--ignore-not-found", "-o", "name")).isBlank();
  }

  static boolean has(OwnService pod, String name) {
    return pod.bean(ExportRegistry.class).find(name).isPresent();
  }

  /** A client that goes where the export says it is. */
  static RawNbdClient connect(JsonNode export) throws IOException {
    URI uri = URI.create(export.at("/uris/0").asString());
    RawNbdClient client = RawNbdClient.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
    client.go(uri.getPath().substring(1));
    return client;
  }

  @Override
  public void close() throws Exception {
    rig.close();
  }
}
