package dev.sluice.cluster.api;

import static dev.sluice.cluster.api.TwoPods.has;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.cluster.ClusterRig;
import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import dev.sluice.testing.RestClient.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What becomes of it when somebody asks any pod for an export. */
class ExportCreatorIT {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static TwoPods pods;

  @BeforeAll
  static void start() {
    KubernetesApi.require();
    pods = new TwoPods();
  }

  @AfterAll
  static void end() throws Exception {
    pods.close();
  }

  /** What a single service says to it. */
  private static Answer alone(String body) {
    return new RestClient(((OwnService) OwnService.shared()).port()).post(body);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "[]",
        "{\"name\": \"a\", \"name\": \"b\"}",
        "{\"name\": \"wrong\", \"direction\": \"up\", \"peer\": \"http\", \"siez\": 1}",
        "{\"name\": \"wrong\", \"direction\": \"read\"}",
        "{\"name\": \"..\", \"direction\": \"read\", \"peer\": \"http\"}",
        "{\"name\": \"events\", \"direction\": \"read\", \"peer\": \"http\"}",
        "{\"name\": \"wrong\", \"direction\": \"read\", \"path\": \"/run/a\", \"ticket\": true}",
        "{\"name\": \"wrong\", \"direction\": \"write\", \"peer\": \"http\", \"acceptClose\":"
            + " true}",
        "{\"name\": \"wrong\", \"direction\": \"write\", \"peer\": \"http\", \"clients\": {}}"
      })
  void whatIsWrongIsRefusedInTheSameWords(String body) {
    Answer expected = alone(body);

    Answer refused = pods.atFirst.post(body);

    assertThat(refused.status()).isEqualTo(expected.status()).isEqualTo(400);
    assertThat(refused.json()).isEqualTo(expected.json());
    pods.assertNone("wrong");
  }

  @Test
  void onlyThePodThatTakesItKnowsThatItsFileIsNone() throws IOException {
    OwnService single = (OwnService) OwnService.shared();
    Path there = Files.writeString(pods.second.root().resolve("none"), "a file");
    Path here = Files.writeString(single.root().resolve("none"), "a file");
    String body = "{\"name\": \"none\", \"direction\": \"write\", \"path\": \"%s\"}";
    ObjectNode expected = (ObjectNode) alone(body.formatted(here)).json();
    JsonNode words = JSON.readTree(expected.toString().replace(here.toString(), there.toString()));
    Files.delete(here); // the service is shared

    Answer refused =
        pods.atFirst.post(
            body.formatted(there).replace("\"name\"", "\"pod\": \"sluice-1\", \"name\""));

    assertThat(refused.json()).isEqualTo(words);
    assertThat(refused.status()).isEqualTo(expected.path("status").asInt()).isEqualTo(400);
    pods.assertNone("none");
  }

  @Test
  void aFileThatIsInUseThereIsInUse() {
    String body =
        "{\"name\": \"%s\", \"direction\": \"write\", \"pod\": \"sluice-1\", \"path\": \"%s\"}";
    Path file = pods.second.root().resolve("used");
    assertThat(pods.atFirst.post(body.formatted("used", file)).status()).isEqualTo(201);

    Answer refused = pods.atFirst.post(body.formatted("other", file));

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("type")).endsWith("/problems/already-in-use");
    assertThat(refused.text("field")).isEqualTo("path");
    assertThat(refused.text("value")).isEqualTo(file.toString());
    pods.assertNone("other");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Upper", "under_score", "-dash", "a..b", "end."})
  void aNameThatKubernetesDoesNotHaveIsRefused(String name) {
    Answer refused =
        pods.atFirst.post(
            "{\"name\": \"%s\", \"direction\": \"read\", \"peer\": \"http\"}".formatted(name));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text("field")).isEqualTo("name");
    assertThat(refused.detail()).startsWith("name: expected the characters a-z, 0-9");
  }

  @Test
  void anExportWithoutANameGetsOne() {
    Answer made =
        pods.atSecond.post(
            "{\"direction\": \"read\", \"peer\": \"http\", \"labels\": {\"team\": \"a\"},"
                + " \"clients\": {\"networks\": [\"127.0.0.0/8\"], \"subjects\": null}}");

    assertThat(made.status()).as(made.body()).isEqualTo(201);
    String name = made.text("name");
    assertThat(name).matches("[0-9a-f]{32}");
    assertThat(made.header("Location")).isEqualTo("/exports/" + name);
    assertThat(pods.rig.kubectl("get", "sx", "-l", "team=a", "-o", "name")).contains(name);
    assertThat(pods.atFirst.get("/exports/" + name).json().at("/labels/team").asString())
        .isEqualTo("a");
    assertThat(
            pods.atFirst.get("/exports/" + name).json().at("/allowedClients/networks/0").asString())
        .isEqualTo("127.0.0.0/8");
  }

  @Test
  void ofTwoWhoAskForOneNameAtTwoPodsOneGetsIt() {
    for (int i = 0; i < 5; i++) {
      String body =
          "{\"name\": \"both-%d\", \"peer\": \"http\", \"direction\": \"read\"}".formatted(i);
      CompletableFuture<Answer> other =
          CompletableFuture.supplyAsync(() -> pods.atSecond.post(body));
      Answer one = pods.atFirst.post(body);

      assertThat(new int[] {one.status(), other.join().status()})
          .as(one.body() + other.join().body())
          .containsExactlyInAnyOrder(201, 409);
      Answer refused = one.status() == 409 ? one : other.join();
      assertThat(refused.detail())
          .isEqualTo("name: it is taken; delete that export first, or choose another name");
    }
  }

  @Test
  void whoeverPutsAnExportAgainGetsTheOneThatIsThere() {
    String body =
        "{\"peer\": \"http\", \"direction\": \"read\", \"size\": \"1M\", \"ticket\": true}";
    Answer made = pods.atFirst.send("PUT", "/exports/put", body);
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    assertThat(made.json().at("/data/url").asString()).contains("ticket=");

    for (RestClient pod : new RestClient[] {pods.atFirst, pods.atSecond}) {
      Answer again = pod.send("PUT", "/exports/put", body);
      assertThat(again.status()).as(again.body()).isEqualTo(200);
      assertThat(again.text("id")).isEqualTo(made.text("id"));
      assertThat(again.json().at("/data/url").asString()).doesNotContain("ticket=");
      Answer other = pod.send("PUT", "/exports/put", body.replace("1M", "2M"));
      assertThat(other.status()).isEqualTo(409);
      assertThat(other.detail()).isEqualTo("size: the export was asked for with 1048576");
    }
    assertThat(has(pods.first, "put")).isNotEqualTo(has(pods.second, "put"));
    Answer misnamed = pods.atFirst.send("PUT", "/exports/put", "{\"name\": \"other\"}");
    assertThat(misnamed.status()).isEqualTo(400);
  }

  /** The second pod permits one request of each kind at a time. */
  @Test
  void whatMakesRoomDoesNotWaitForThoseThatWaitForRoom() {
    pods.makeAtSecond("old", "read", "");
    String body =
        "{\"name\": \"new\", \"peer\": \"http\", \"direction\": \"read\", \"pod\": \"nowhere\"}";
    CompletableFuture<Answer> waiting =
        CompletableFuture.supplyAsync(
            () -> pods.atSecond.post(body),
            task -> Thread.ofPlatform().daemon().start(task)); // the services need the common pool
    await().atMost(ClusterRig.SOON).until(() -> isThere("new"));

    assertThat(pods.atSecond.delete("/exports/old").status()).isEqualTo(204);

    assertThat(waiting.join().status()).isEqualTo(503);
    pods.assertNone("new");
  }

  private static boolean isThere(String name) {
    return pods.rig.kubectl("get", "sx", "-o", "name").contains("/" + name);
  }
}
