package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.RestClient;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A request with several mistakes is told all of them at once. */
class EveryErrorTest extends ServiceTest {

  private static List<String> errors(RestClient.Answer answer) {
    assertThat(answer.status()).as("%s", answer).isEqualTo(400);
    ProblemAssert.assertThatIsProblem(answer);
    return answer
        .json()
        .get("errors")
        .valueStream()
        .map(
            error ->
                "%s | %s | %s"
                    .formatted(
                        error.get("field").stringValue(),
                        error.get("value"),
                        error.get("detail").stringValue()))
        .toList();
  }

  @Test
  void unknownFieldsComeFirstAndThenTheOthersInOrder() {
    List<String> errors =
        errors(
            api.post(
                """
                {"rateLimit": "fast", "name": "a/b", "size": 0, "sise": 5, "padTail": "yes",
                 "clients": {"networks": ["::1", "nowhere", 7], "subjects": "me", "names": []},
                 "idleTimeout": {}, "listed": 1, "digest": "MD5", "path": "a", "colour": {"a": 1}}\
                """));

    assertThat(errors)
        .satisfiesExactly(
            error -> assertThat(error).startsWith("sise | 5 | there is no such field; expected ["),
            error -> assertThat(error).startsWith("colour | \"{\\\"a\\\":1}\" | there is no such"),
            error -> assertThat(error).startsWith("name | \"a/b\" | expected 1 to 128"),
            error -> assertThat(error).startsWith("path | \"a\" | it is relative"),
            error -> assertThat(error).isEqualTo("direction | null | it is required"),
            error -> assertThat(error).startsWith("size | 0 | it is not positive"),
            error -> assertThat(error).isEqualTo("listed | 1 | expected true or false"),
            error ->
                assertThat(error)
                    .isEqualTo(
                        "clients.names | \"[]\" | there is no such field; expected [subjects,"
                            + " networks]"),
            error -> assertThat(error).startsWith("clients.networks | \"nowhere\" | expected an"),
            error -> assertThat(error).isEqualTo("clients.networks | 7 | expected strings in it"),
            error -> assertThat(error).startsWith("clients.subjects | \"me\" | expected a list of"),
            error -> assertThat(error).startsWith("idleTimeout | \"{}\" | expected a whole number"),
            error -> assertThat(error).isEqualTo("padTail | \"yes\" | expected true or false"),
            error -> assertThat(error).isEqualTo("digest | \"MD5\" | expected \"SHA-256\""),
            error ->
                assertThat(error).startsWith("rateLimit | \"fast\" | expected a whole number"));
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whatDoesNotFitTogetherIsReportedTogether() {
    assertThat(
            errors(
                api.post(
                    """
                    {"path": "%s", "direction": "write", "padTail": true, "acceptClose": true,
                     "reorderWindow": "1G", "headWindow": "1M"}\
                    """
                        .formatted(folder.resolve("pipe")))))
        .satisfiesExactly(
            error -> assertThat(error).startsWith("reorderWindow | \"1G\" | the windows of one"),
            error -> assertThat(error).startsWith("padTail | true | expected only with"),
            error -> assertThat(error).startsWith("acceptClose | true | expected only with"));
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aChangeAndAFinishAreToldAllTheirMistakes() {
    create("vm1", "pipe");

    RestClient.Answer change =
        api.send(
            api.request("/exports/vm1").header("Content-Type", "application/merge-patch+json"),
            "PATCH",
            "{\"rateLimit\": -1, \"size\": true, \"copy\": true}");
    RestClient.Answer finish =
        api.send(
            api.request("/exports/vm1/finish").header("Content-Type", "application/json"),
            "POST",
            "{\"unread\": \"drop\", \"pad\": 0}");

    assertThat(errors(change))
        .extracting(error -> error.substring(0, error.indexOf(' ')))
        .containsExactly("copy", "size", "rateLimit");
    assertThat(errors(finish))
        .containsExactly("pad | 0 | expected a string", "unread | \"drop\" | expected \"accept\"");
  }

  @Test
  void aBodyFullOfMistakesIsToldTheFirstTwenty() {
    String fields =
        IntStream.range(0, 5_000)
            .mapToObj("\"f%d\": 1"::formatted)
            .collect(Collectors.joining(","));

    RestClient.Answer answer = api.post("{" + fields + "}");

    assertThat(errors(answer)).hasSize(20);
    JsonNode last = answer.json().get("errors").get(19);
    assertThat(last.get("field").stringValue()).isEqualTo("f19");
  }

  @Test
  void aConflictIsAnErrorOfItsFieldToo() {
    create("vm1", "pipe");

    RestClient.Answer answer = api.post(spec("vm1", "other"));

    assertThat(answer.status()).isEqualTo(409);
    ProblemAssert.assertThatIsProblem(answer);
    assertThat(answer.json().get("errors")).hasSize(1);
  }
}
