package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.bytes.ByteStream;
import dev.sluice.testing.RestClient;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Exports that are found by what they are, a page at a time, and once for each change. */
class ListTest extends ServiceTest {

  private void create(String name, String direction, String labels) {
    RestClient.Answer answer =
        api.post(
            """
            {"name": "%s", "path": "%s", "direction": "%s", "labels": %s}\
            """
                .formatted(name, folder.resolve(name), direction, labels));
    assertThat(answer.status()).as("%s", answer).isEqualTo(201);
  }

  private List<String> names(String query) {
    RestClient.Answer answer = api.get("/exports?" + query);
    assertThat(answer.status()).as("%s", answer).isEqualTo(200);
    return answer.json().get("exports").findValuesAsString("name");
  }

  @Test
  void exportsAreFoundByStateDirectionAndLabels() {
    create("a", "write", "{\"job\": \"nightly\", \"example.org/vm\": \"vm1\"}");
    create("b", "read", "{\"job\": \"nightly\", \"example.org/vm\": \"vm2\"}");
    create("c", "write", "{\"job\": \"\"}");
    create("d", "write", "null");
    registry.find("a").orElseThrow().stream().fail("the tape tore");

    assertThat(names("")).containsExactly("a", "b", "c", "d");
    assertThat(names("state=WAITING")).containsExactly("b", "c", "d");
    assertThat(names("state=FAILED,COMPLETED")).containsExactly("a");
    assertThat(names("state=FAILED&state=WAITING")).hasSize(4);
    assertThat(names("direction=read")).containsExactly("b");
    assertThat(names("label=job=nightly")).containsExactly("a", "b");
    assertThat(names("label=job=nightly,example.org/vm=vm2")).containsExactly("b");
    assertThat(names("label=job=nightly&label=example.org/vm=vm1&state=WAITING")).isEmpty();
    assertThat(names("label=job=")).containsExactly("c");
    assertThat(api.get("/exports/d").json().get("labels").isEmpty()).isTrue();
    assertThat(api.get("/exports/a").json().get("labels").get("job").stringValue())
        .isEqualTo("nightly");
  }

  @ParameterizedTest
  @CsvSource({
    "state=waiting, state",
    "state=, state",
    "direction=up, direction",
    "label=job, label",
    "'label=a b=c', label",
    "'label=a=b,a=c', label",
    "limit=0, limit",
    "limit=1001, limit",
    "limit=99999999999, limit",
    "limit=all, limit",
    "cursor=, cursor",
    "cursor=x@y, cursor",
    "labels=a=b, labels",
  })
  void whatNobodyCanFindIsRefused(String query, String field) {
    RestClient.Answer answer = api.get("/exports?" + query.replace(" ", "%20"));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("field")).isEqualTo(field);
    ProblemAssert.assertThatIsProblem(answer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "\"a\"", "{\"a\": 1}", "{\"a b\": \"\"}", "{\"a\": \"b c\"}"})
  void whatIsNoLabelIsRefused(String labels) {
    RestClient.Answer answer =
        api.post(
            """
            {"path": "%s", "direction": "write", "labels": %s}\
            """
                .formatted(folder.resolve("pipe"), labels));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("field")).isEqualTo("labels");
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aListComesInPagesThoughWhatWasShownLastIsDeleted(boolean deletes) {
    List<String> all = List.of("a", "b", "c", "d", "e");
    all.forEach(name -> create(name, "write", "{}"));
    List<String> seen = new ArrayList<>();

    String query = "limit=2";
    while (!query.isEmpty()) {
      JsonNode page = api.get("/exports?" + query).json();
      seen.addAll(page.get("exports").findValuesAsString("name"));
      JsonNode next = page.get("next");
      query = next == null ? "" : "limit=2&cursor=" + next.stringValue();
      if (deletes) {
        api.delete("/exports/" + seen.getLast());
      }
    }

    assertThat(seen).isEqualTo(all);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/exports/vm1", "/exports", "/exports?state=WAITING"})
  void whatHasNotChangedIsNotSentAgain(String path) {
    create("vm1", "write", "{}");
    RestClient.Answer first = api.get(path);
    assertThat(first.header("ETag")).startsWith("W/\"");

    RestClient.Answer second = again(path, first);
    assertThat(second.status()).isEqualTo(304);
    assertThat(second.body()).isEmpty();

    api.send("PATCH", "/exports/vm1", "{\"rateLimit\": 1000}");
    RestClient.Answer third = again(path, first);
    assertThat(third.status()).isEqualTo(200);
    assertThat(third.header("ETag")).isNotEqualTo(first.header("ETag"));
  }

  @Test
  void whatHasEndedIsListedAsItIs() throws Exception {
    create("vm1", "write", "{\"job\": \"nightly\"}");
    ByteStream stream = registry.find("vm1").orElseThrow().stream();
    stream.attach();
    assertListedAsAlone("WAITING", 1);
    stream.fail("the tape tore");
    assertListedAsAlone("FAILED", 1);
    assertListedAsAlone("FAILED", 1); // as it was kept
    stream.detach();
    assertListedAsAlone("FAILED", 0);

    api.delete("/exports/vm1");
    create("vm1", "read", "{}");
    assertListedAsAlone("WAITING", 0);
  }

  private void assertListedAsAlone(String state, int clients) {
    JsonNode listed = api.get("/exports").json().at("/exports/0");
    ObjectNode alone = (ObjectNode) api.get("/exports/vm1").json();
    alone.remove("events");
    assertThat(listed).isEqualTo(alone);
    assertThat(listed.get("state").asString()).isEqualTo(state);
    assertThat(listed.get("clients").asInt()).isEqualTo(clients);
  }

  private RestClient.Answer again(String path, RestClient.Answer before) {
    return api.send(api.request(path).header("If-None-Match", before.header("ETag")), "GET", "");
  }
}
