package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.cluster.member.ClusterSignals;
import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.OwnService;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Three pods that share the exports of a namespace: which of them takes what. */
class PlacementIT {

  private static final String NODE = "sluice.kubernetes.node=node-";
  private static final String HTTP = "direction: read, peer: http, size: 1M";

  private ClusterRig rig;

  @BeforeEach
  void start() {
    KubernetesApi.require();
    rig = new ClusterRig();
  }

  @AfterEach
  void end() throws Exception {
    rig.close();
  }

  @Test
  void manyAtOnceAreSpreadAndWhatFindsNoRoomSaysSoUntilItDoes() {
    List<OwnService> pods =
        IntStream.range(0, 3)
            .mapToObj(i -> rig.pod("sluice-" + i, "sluice.exports.max=12", NODE + i))
            .toList();
    await()
        .atMost(ClusterRig.SOON)
        .until(() -> pods.stream().allMatch(pod -> pod.bean(ClusterSignals.class).members() == 3));

    List<String> names = ask("export", 30);

    await().atMost(ClusterRig.SOON).until(() -> on(pods).size() == names.size());
    assertThat(on(pods)).containsExactlyInAnyOrderElementsOf(names);
    assertThat(pods)
        .extracting(pod -> ClusterRig.on(pod).size())
        .allSatisfy(count -> assertThat(count).isBetween(8, 12));
    ask("more", 6);
    await().atMost(ClusterRig.SOON).until(() -> on(pods).size() == 36);
    ask("last", 1);
    JsonNode waits = rig.await("last-0", status -> status.has("conditions"));
    JsonNode ready = ClusterRig.condition(waits, "Ready");
    assertThat(ready.path("reason").asString()).isEqualTo("NoRoom");
    assertThat(ready.path("message").asString()).startsWith("no pod has room");
    assertThat(rig.kubectl("get", "leases", "-o", "yaml"))
        .contains("sluice.dev/exports: 12/12", "sluice.dev/node: node-2");
    rig.kubectl("delete", "sx", "export-7");
    rig.awaitPhase("last-0", "WAITING");
    rig.kubectl("delete", "sx", "--all", "--timeout=40s");
    assertThat(on(pods)).isEmpty();
  }

  private static List<String> on(List<OwnService> pods) {
    return pods.stream().flatMap(pod -> ClusterRig.on(pod).stream()).toList();
  }

  /** Has somebody ask for so many exports at once; returns their names. */
  private List<String> ask(String name, int count) {
    List<String> names = IntStream.range(0, count).mapToObj(i -> name + "-" + i).toList();
    String all =
        String.join("---\n", names.stream().map(one -> ClusterRig.resource(one, HTTP)).toList());
    rig.api.apply(rig.namespace, all).assertSucceeded();
    return names;
  }
}
