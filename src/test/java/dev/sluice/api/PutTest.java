package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.request.ExportRequest;
import dev.sluice.testing.RestClient;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exports that are asked for again by whoever does not know whether they are there. */
class PutTest extends ServiceTest {

  private String body(String more) {
    return """
    {"path": "%s", "direction": "write"%s}\
    """
        .formatted(folder.resolve("pipe"), more);
  }

  private RestClient.Answer put(String body) {
    return api.send("PUT", "/exports/vm1", body);
  }

  @Test
  void theFirstRequestMakesItAndTheNextOnesReturnIt() {
    RestClient.Answer made =
        put(body(", \"size\": \"1M\", \"labels\": {\"b\": \"1\", \"a\": \"2\"}"));
    RestClient.Answer again =
        put(
            body(
                ", \"name\": \"vm1\", \"size\": 1048576, \"labels\": {\"a\": \"2\", \"b\": \"1\"},"
                    + " \"lifetime\": \"0s\", \"copy\": false"));

    assertThat(made.status()).isEqualTo(201);
    assertThat(made.header("Location")).isEqualTo("/exports/vm1");
    assertThat(again.status()).as("%s", again).isEqualTo(200);
    assertThat(again.text("id")).isEqualTo(made.text("id"));
    assertThat(again.header("Location")).isEmpty();
  }

  @Test
  void whatWasChangedOrHasEndedSinceIsStillWhatWasAskedFor() {
    put(body(""));
    api.send("PATCH", "/exports/vm1", "{\"size\": 512, \"rateLimit\": 1}");
    registry.find("vm1").orElseThrow().stream().fail("the tape tore");

    RestClient.Answer again = put(body(""));

    assertThat(again.status()).isEqualTo(200);
    assertThat(again.text("state")).isEqualTo("FAILED");
  }

  @Test
  void whatDiffersIsListedAndTheExportStaysAsItIs() {
    put(body(", \"size\": 512, \"digest\": \"SHA-256\""));

    RestClient.Answer other =
        put(
            body(
                ", \"size\": 1024, \"labels\": {\"a\": \"b\"}, \"clients\": {\"networks\": [\"::1\"]}"));

    assertThat(other.status()).isEqualTo(409);
    ProblemAssert.assertThatIsProblem(other);
    assertThat(other.json().get("errors").findValuesAsString("field"))
        .containsExactly("size", "clients", "labels", "digest");
    assertThat(other.detail()).isEqualTo("size: the export was asked for with 512");
    assertThat(api.get("/exports/vm1").json().get("size").intValue()).isEqualTo(512);
  }

  @Test
  void everyFieldOfARequestIsCompared() {
    List<String> fields =
        Stream.of(ExportRequest.class.getRecordComponents())
            .map(RecordComponent::getName)
            .filter(field -> !field.equals("name"))
            .toList();

    assertThat(SpecDifferences.FIELDS.keySet()).containsExactlyElementsOf(fields);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"listen\": true", "\"listed\": true", "\"reorderWindow\": 1024", "\"headWindow\": 1024",
        "\"resumeWindow\": 1024", "\"peerTimeout\": 1", "\"idleTimeout\": 1",
            "\"resumeTimeout\": 1",
        "\"lifetime\": 1", "\"padTail\": true, \"size\": 1", "\"copy\": true", "\"rateLimit\": 1"
      })
  void aFieldThatDiffersIsAConflict(String field) {
    put(body(""));

    assertThat(put(body(", " + field)).status()).isEqualTo(409);
  }

  @Test
  void ofManyAtOnceOneMakesItAndAllHaveIt() throws Exception {
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Integer>> requests =
          IntStream.range(0, 16)
              .<Callable<Integer>>mapToObj(_ -> () -> put(body("")).status())
              .toList();

      List<Integer> statuses =
          clients.invokeAll(requests).stream().map(Future::resultNow).sorted().toList();

      assertThat(statuses).hasSize(16).endsWith(201).containsOnlyOnce(201).containsOnly(200, 201);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/exports/vm1, other",
    "/exports/events, events",
    "/exports/events,",
    "/exports/a%20b,",
  })
  void aNameThatCannotBeIsRefused(String path, String name) {
    RestClient.Answer answer =
        api.send("PUT", path, body(name == null ? "" : ", \"name\": \"%s\"".formatted(name)));

    assertThat(answer.status()).isEqualTo(400);
    ProblemAssert.assertThatIsProblem(answer);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFileThatAnotherExportHasIsAConflictOfThePath() {
    create("other", "pipe");

    RestClient.Answer answer = put(body(""));

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text("field")).isEqualTo("path");
  }

  @Test
  void deletingItOnceMoreFindsNothing() {
    put(body(""));

    assertThat(api.delete("/exports/vm1").status()).isEqualTo(204);
    assertThat(api.delete("/exports/vm1").status()).isEqualTo(404);
  }
}
