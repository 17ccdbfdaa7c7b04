package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.testing.Command;
import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One resource that kubectl, a GitOps tool and the REST API of a pod without the export change. */
class SeveralWritersIT {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String SPEC = "pod: sluice-1, direction: read, peer: http, size: 4096";
  private static final int ROUNDS = 5;

  private static ClusterRig rig;
  private static OwnService owner;
  private static RestClient other;

  @BeforeAll
  static void start() {
    KubernetesApi.require();
    rig = new ClusterRig();
    other = RestClient.anonymous(rig.pod("sluice-0"));
    owner = rig.pod("sluice-1");
    await().until(() -> other.get("/exports/nobody").status() == 404);
  }

  @AfterAll
  static void end() throws Exception {
    rig.close();
  }

  private static Command.Result serverSideApply(String name, String more, Object... options) {
    List<Object> all = new ArrayList<>(List.of("--server-side", "--field-manager=gitops"));
    all.addAll(List.of(options));
    return rig.api.apply(rig.namespace, ClusterRig.resource(name, SPEC + more), all.toArray());
  }

  private static int limit(String name, String body) {
    return other.send("PATCH", "/exports/" + name, body).status();
  }

  private static JsonNode resource(String name) {
    return JSON.readTree(rig.kubectl("get", "sx", name, "-o", "json"));
  }

  private static String rateLimit(String name) {
    return resource(name).at("/spec/rateLimit").asString("");
  }

  private static void awaitAtOwner(String name, long rateLimit) {
    owner.api().await(name, export -> export.rateLimit() == rateLimit);
  }

  /** The fields of the spec that somebody is known to have written last. */
  private static Set<String> fieldsOf(String manager, String name) {
    Set<String> fields = new TreeSet<>();
    for (JsonNode entry : resource(name).at("/metadata/managedFields")) {
      if (entry.path("manager").asString().equals(manager)) {
        entry.at("/fieldsV1/f:spec").propertyNames().forEach(fields::add);
      }
    }
    fields.remove(".");
    return fields;
  }

  @Test
  void aGitOpsToolIsToldOfALimitThatRestHasChanged() {
    serverSideApply("git", ", rateLimit: 2M").assertSucceeded();
    awaitAtOwner("git", 2 << 20);

    assertThat(limit("git", "{\"rateLimit\": \"1M\"}")).isEqualTo(200);

    assertThat(fieldsOf("sluice", "git")).containsExactly("f:rateLimit");
    assertThat(fieldsOf("gitops", "git"))
        .containsExactly("f:direction", "f:peer", "f:pod", "f:size");
    Command.Result conflict = serverSideApply("git", ", rateLimit: 2M").assertFailed();
    assertThat(conflict.errors()).contains("conflict with \"sluice\"", ".spec.rateLimit");
    assertThat(rateLimit("git")).isEqualTo("1M");
    assertThat(owner.api().read("/exports/git").path("rateLimit").asInt()).isEqualTo(1 << 20);
    serverSideApply("git", ", rateLimit: 2M", "--force-conflicts").assertSucceeded();
    awaitAtOwner("git", 2 << 20);
    assertThat(fieldsOf("sluice", "git")).isEmpty();
  }

  @Test
  void aLimitThatIsNotInGitIsOfRestAlone() {
    serverSideApply("free", "").assertSucceeded();
    rig.awaitPhase("free", "WAITING");
    assertThat(limit("free", "{\"rateLimit\": \"1M\"}")).isEqualTo(200);

    serverSideApply("free", ", ttlSecondsAfterFinished: 60").assertSucceeded();

    assertThat(rateLimit("free")).isEqualTo("1M");
    assertThat(owner.api().read("/exports/free").path("rateLimit").asInt()).isEqualTo(1 << 20);
    assertThat(limit("free", "{\"rateLimit\": null}")).isEqualTo(200);
    assertThat(rateLimit("free")).isEmpty();
  }

  /** It has no conflicts: what is in the file counts. */
  @Test
  void kubectlApplyWithoutServerSideTakesTheLimitBack() {
    rig.ask("file", SPEC + ", rateLimit: 2M");
    awaitAtOwner("file", 2 << 20);
    assertThat(limit("file", "{\"rateLimit\": \"1M\"}")).isEqualTo(200);

    rig.ask("file", SPEC + ", rateLimit: 2M");

    awaitAtOwner("file", 2 << 20);
  }

  @Test
  void aChangeThatWasThoughtOutForAnotherVersionIsNone() {
    rig.ask("old", SPEC);
    rig.awaitPhase("old", "WAITING");
    SharedExports shared = owner.bean(ClusterMember.class).shared().orElseThrow();
    StreamExport before = shared.now("old").orElseThrow();
    String change = "{\"spec\":{\"ttlSecondsAfterFinished\":7}}";
    rig.kubectl("patch", "sx", "old", "--type=merge", "-p", change);
    Map<String, Object> spec = new HashMap<>(before.getSpec());
    spec.put(StreamExport.RATE_LIMIT, "1M");

    assertThatThrownBy(() -> shared.change(before, spec))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(SharedExports.isOutdated(e)).isTrue());

    assertThat(resource("old").at("/spec/ttlSecondsAfterFinished").asInt()).isEqualTo(7);
    assertThat(rateLimit("old")).isEmpty();
  }

  @Test
  void whatKubectlChangesWhileRestChangesSomethingElseIsNotLost() {
    rig.ask("both", SPEC);
    rig.awaitPhase("both", "WAITING");
    AtomicBoolean enough = new AtomicBoolean();
    CompletableFuture<Integer> rest =
        CompletableFuture.supplyAsync(
            () -> {
              int last = 0;
              while (!enough.get()) {
                last++;
                assertThat(limit("both", "{\"rateLimit\": %d}".formatted(last))).isEqualTo(200);
              }
              return last;
            },
            task -> Thread.ofPlatform().daemon().start(task));

    IntStream.range(0, ROUNDS)
        .forEach(
            round -> {
              String change = "{\"spec\":{\"ttlSecondsAfterFinished\":%d}}".formatted(1000 + round);
              rig.kubectl("patch", "sx", "both", "--type=merge", "-p", change);
            });
    enough.set(true);

    int last = rest.join();
    JsonNode spec = resource("both").path("spec");
    assertThat(spec.path("ttlSecondsAfterFinished").asInt()).isEqualTo(1000 + ROUNDS - 1);
    assertThat(spec.path("rateLimit").asInt()).isEqualTo(last);
    assertThat(last).isGreaterThan(1);
    awaitAtOwner("both", last);
  }
}
