package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.EventReader;
import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.RelayingProxy;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/** The exports of all pods, as each pod lists and tells them. */
class OneListIT {

  private static final int SIZE = 1 << 20;
  private static final String HTTP = "direction: read, peer: http, size: 1M";
  private static final String EVENTS = "/exports/events";

  private static ClusterRig rig;
  private static OwnService first;
  private static OwnService second;

  @BeforeAll
  static void start() {
    KubernetesApi.require();
    rig = new ClusterRig();
    first = rig.pod("sluice-0");
    second = rig.pod("sluice-1");
  }

  @AfterAll
  static void end() throws Exception {
    rig.close();
  }

  /** Waits until a pod lists an export like this. */
  private static JsonNode awaitListed(OwnService pod, String name, Predicate<JsonNode> expected) {
    return await()
        .alias(name + " in the list of a pod")
        .atMost(ClusterRig.SOON)
        .until(() -> listed(pod, name), found -> !found.isMissingNode() && expected.test(found));
  }

  private static JsonNode awaitListed(OwnService pod, String name, String state, String on) {
    return awaitListed(
        pod,
        name,
        found ->
            found.path("state").asString().equals(state)
                && found.path("pod").asString("").equals(on));
  }

  private static JsonNode listed(OwnService pod, String name) {
    List<JsonNode> found =
        all(pod, "").stream().filter(one -> one.path("name").asString().equals(name)).toList();
    assertThat(found).as("exports named %s in one list", name).hasSizeLessThan(2);
    return found.isEmpty() ? MissingNode.getInstance() : found.getFirst();
  }

  private static List<JsonNode> all(OwnService pod, String query) {
    return pod.api().read("/exports" + query).path("exports").valueStream().toList();
  }

  private static List<String> names(OwnService pod, String query) {
    return all(pod, query).stream().map(one -> one.path("name").asString()).toList();
  }

  /** What only the pod that has an export knows, and at every moment. */
  private static JsonNode withoutWhatOnlyItsPodKnows(JsonNode export) {
    ObjectNode rest = (ObjectNode) export.deepCopy();
    rest.remove(List.of("clients", "throughput", "remainingSeconds"));
    return rest;
  }

  private static EventReader.Event next(EventReader reader, String name) throws Exception {
    EventReader.Event event = reader.next();
    while (!event.data().path("name").asString("").equals(name)) {
      event = reader.next();
    }
    return event;
  }

  private static JsonNode nextAt(EventReader reader, String name, int position) throws Exception {
    JsonNode export = next(reader, name).data();
    while (export.path("position").asInt() != position) {
      export = next(reader, name).data();
    }
    return export;
  }

  private static String nextState(EventReader reader, String name) throws Exception {
    EventReader.Event event = next(reader, name);
    while (event.type().equals("progress")) {
      event = next(reader, name);
    }
    return event.text();
  }

  @Test
  void eachPodListsTheSameExportsAndSaysWhereTheyAre() {
    String more =
        ", digest: SHA-256, rateLimit: 1M, resumeWindow: 64k, lifetime: 1h, acceptUnread: true,"
            + " clients: {networks: [10.0.0.0/8]}";
    rig.ask("here", HTTP + more + ", pod: sluice-0");
    rig.ask("there", HTTP + more + ", pod: sluice-1");
    rig.ask("nowhere", HTTP + ", pod: sluice-9");
    rig.ask("refused", HTTP + ", acceptClose: true, padTail: true");

    JsonNode here = awaitListed(second, "here", found -> !found.path("uris").isEmpty());
    JsonNode there = awaitListed(first, "there", found -> !found.path("uris").isEmpty());
    assertThat(there.path("state").asString()).isEqualTo("WAITING");
    assertThat(there.path("pod").asString()).isEqualTo("sluice-1");
    assertThat(withoutWhatOnlyItsPodKnows(here))
        .isEqualTo(withoutWhatOnlyItsPodKnows(listed(first, "here")));
    assertThat(withoutWhatOnlyItsPodKnows(there))
        .isEqualTo(withoutWhatOnlyItsPodKnows(listed(second, "there")));
    assertThat(there.path("clients").isNull()).isTrue();
    assertThat(listed(second, "there").path("clients").asInt(-1)).isZero();
    assertThat(second.api().read("/exports/there").path("pod").asString()).isEqualTo("sluice-1");
    for (OwnService pod : List.of(first, second)) {
      JsonNode nowhere = awaitListed(pod, "nowhere", "WAITING", "");
      assertThat(nowhere.has("pod")).isFalse();
      assertThat(nowhere.path("waitingFor").asString()).isEqualTo("the pod sluice-9");
      JsonNode refused =
          awaitListed(pod, "refused", found -> found.path("state").asString().equals("FAILED"));
      assertThat(refused.path("failure").asString())
          .isEqualTo("padTail: expected only with the direction write and a size");
    }
    assertThat(names(first, "?state=FAILED")).contains("refused").doesNotContain("there");
    rig.kubectl("label", "sx", "there", "job=nightly");
    await()
        .atMost(ClusterRig.SOON)
        .until(() -> names(first, "?label=job=nightly").equals(List.of("there")));

    rig.kubectl("delete", "sx", "here", "there", "--timeout=30s");
    await().atMost(ClusterRig.SOON).until(() -> listed(first, "there").isMissingNode());
    await().atMost(ClusterRig.SOON).until(() -> listed(second, "here").isMissingNode());
  }

  @Test
  void aPodTellsOfAStreamOnAnotherOneToItsEnd() throws Exception {
    byte[] data = new byte[SIZE];
    new Random(5).nextBytes(data);
    String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
    try (EventReader reader = new EventReader(first.port(), EVENTS, "")) {
      rig.ask(
          "told",
          "direction: write, digest: SHA-256, size: %d, path: %s, pod: sluice-1"
              .formatted(SIZE, second.root().resolve("told")));
      JsonNode waiting = next(reader, "told").data();
      while (waiting.path("uris").isEmpty()) { // and is nowhere at first
        waiting = next(reader, "told").data();
      }
      assertThat(waiting.path("state").asString()).isEqualTo("WAITING");
      assertThat(waiting.path("pod").asString()).isEqualTo("sluice-1");
      CompletableFuture<byte[]> peer = second.peerReads("told");
      String lastId;
      try (RawNbdClient client = second.connect()) {
        client.go("told");
        client.write(0, Arrays.copyOf(data, SIZE / 2));
        assertThat(nextAt(reader, "told", SIZE / 2).path("id").asString())
            .isEqualTo(waiting.path("id").asString());
        client.write(SIZE / 2, Arrays.copyOfRange(data, SIZE / 2, SIZE));
        client.disconnect();
      }
      EventReader.Event end = next(reader, "told");
      while (!end.data().path("state").asString("").equals("COMPLETED")) {
        end = next(reader, "told");
      }
      lastId = end.id();
      assertThat(end.type()).isEqualTo("export");
      assertThat(end.data().path("position").asInt()).isEqualTo(SIZE);
      assertThat(end.data().path("digestValue").asString()).isEqualTo(digest);
      assertThat(peer.get()).isEqualTo(data);

      rig.kubectl("delete", "sx", "told", "--timeout=30s");

      assertThat(nextState(reader, "told")).isEqualTo("deleted told COMPLETED");
      try (EventReader elsewhere = new EventReader(second.port(), EVENTS, lastId)) {
        assertThat(elsewhere.next().type()).isEqualTo("reset");
      }
    }
  }

  @Test
  void pagesOfSeveralPodsFitTogether() {
    List<String> names = IntStream.range(0, 9).mapToObj("page-%d"::formatted).toList();
    List<String> resources =
        names.stream()
            .map(name -> ClusterRig.resource(name, HTTP).replace("{name", "{labels: {p: p}, name"))
            .toList();
    rig.api.apply(rig.namespace, String.join("---\n", resources)).assertSucceeded();
    for (OwnService pod : List.of(first, second)) {
      await()
          .atMost(ClusterRig.SOON)
          .until(
              () ->
                  all(pod, "?label=p=p").stream().filter(export -> export.has("pod")).count()
                      == names.size());
    }
    assertThat(names(first, "?label=p=p")).isEqualTo(names(second, "?label=p=p"));

    List<String> seen = new ArrayList<>();
    String query = "?label=p=p&limit=2";
    for (int i = 0; !query.isEmpty(); i++) {
      JsonNode page = (i % 2 == 0 ? first : second).api().read("/exports" + query);
      seen.addAll(page.path("exports").findValuesAsString("name"));
      query = page.has("next") ? "?label=p=p&limit=2&cursor=" + page.path("next").asString() : "";
    }

    assertThat(seen).containsExactlyInAnyOrderElementsOf(names);
    rig.kubectl("delete", "sx", "-l", "p=p", "--timeout=30s");
  }

  @Test
  void whatWasJudgedIsNotWhatItsLostPodStillHas() throws Exception {
    RelayingProxy proxy = rig.proxy();
    OwnService lost = rig.podBehind(proxy, "sluice-2");
    rig.ask(
        "judged",
        "direction: write, size: %d, path: %s, pod: sluice-2"
            .formatted(SIZE, lost.root().resolve("judged")));
    awaitListed(first, "judged", found -> !found.path("uris").isEmpty()); // it is there
    CompletableFuture<byte[]> _ = lost.peerReads("judged");
    try (RawNbdClient client = lost.connect();
        EventReader reader = new EventReader(lost.port(), EVENTS, "")) {
      client.go("judged");
      client.write(0, new byte[SIZE / 2]);
      awaitListed(first, "judged", found -> found.path("position").asInt() == SIZE / 2);

      proxy.cut();

      JsonNode judged = awaitListed(first, "judged", "FAILED", "sluice-2");
      assertThat(judged.path("failure").asString()).contains("was lost at position " + SIZE / 2);
      assertThat(listed(lost, "judged").path("state").asString()).isEqualTo("STREAMING");
      proxy.mend();
      JsonNode known = awaitListed(lost, "judged", "FAILED", "sluice-2");
      assertThat(known).isEqualTo(judged);
      String state = nextState(reader, "judged");
      while (!state.equals("export judged FAILED")) {
        assertThat(state).isIn("export judged WAITING", "export judged STREAMING");
        state = nextState(reader, "judged");
      }
    }
    rig.kubectl("delete", "sx", "judged", "--timeout=30s");
  }
}
