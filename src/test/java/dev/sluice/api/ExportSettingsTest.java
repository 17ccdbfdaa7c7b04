package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sluice.export.Export;
import dev.sluice.testing.RestClient;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** What can be said of one export, when it is made and later. */
class ExportSettingsTest extends ServiceTest {

  private RestClient.Answer post(String fields) {
    return api.post(
        """
        {"name": "disk", "path": "%s", "direction": "write", "size": "1G"%s}\
        """
            .formatted(folder.resolve("fifo"), fields.isEmpty() ? "" : ", " + fields));
  }

  private RestClient.Answer patch(String body) {
    return api.send(
        api.request("/exports/disk").header("Content-Type", "application/json"), "PATCH", body);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "reorderWindow | 0 | 0",
        "reorderWindow | \"256M\" | 268435456",
        "reorderWindow | null | 67108864",
        "headWindow | 0 | 0",
        "headWindow | \"1M\" | 1048576",
        "peerTimeout | 0 | \"PT0S\"",
        "peerTimeout | 90 | \"PT1M30S\"",
        "peerTimeout | \"90\" | \"PT1M30S\"",
        "idleTimeout | \"500ms\" | \"PT0.5S\"",
        "resumeTimeout | \"2h\" | \"PT2H\"",
        "lifetime | \"P1D\" | \"PT24H\"",
        "lifetime | \"36500d\" | \"PT876000H\"",
        "listed | true | true",
        "listed | null | false",
        "padTail | true | true",
        "padTail | false | false",
        "resumeWindow | \"1M\" | 1048576",
        "resumeWindow | null | 0",
        "acceptClose | null | false",
        "acceptUnread | false | false",
        "acceptExcess | null | false",
        "copy | true | true",
        "copy | null | false",
        "digest | \"SHA-256\" | \"SHA-256\"",
        "rateLimit | \"10M\" | 10485760",
        "rateLimit | 0 | 0",
      })
  void aFieldIsShownAsItIs(String field, String given, String shown) {
    RestClient.Answer answer = post("\"%s\": %s".formatted(field, given));

    assertThat(answer.status()).as("%s", answer).isEqualTo(201);
    assertThat(answer.json().get(field).toString()).isEqualTo(shown);
    assertThat(api.get("/exports/disk").json().get(field).toString()).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "null | null",
        "{\"subjects\": [\"cn=a, O=b\"]} | {\"subjects\":[\"cn=a, O=b\"],\"networks\":null}",
        "{\"networks\": [\"::1\"]} | {\"subjects\":null,\"networks\":[\"::1\"]}",
      })
  void whoMayUseItIsShownBesideTheNumberOfClients(String given, String shown) {
    RestClient.Answer answer = post("\"clients\": " + given);

    assertThat(answer.status()).as("%s", answer).isEqualTo(201);
    assertThat(answer.json().get("allowedClients").toString()).isEqualTo(shown);
    assertThat(answer.json().get("clients").toString()).isEqualTo("0");
  }

  static Stream<Arguments> valuesThatAreRefused() {
    String duration = "expected a whole number of seconds";
    return Stream.of(
        arguments("reorderWindow", "-1", "it is negative"),
        arguments("reorderWindow", "\"1.5G\"", "expected a whole number of bytes from 0"),
        arguments("reorderWindow", "\"2T\"", "too large"),
        arguments("reorderWindow", "\"1G\"", "sluice.exports.window-memory"),
        arguments("reorderWindow", "\"450M\"", "80 % of sluice.exports.window-memory"),
        arguments("headWindow", "\"2G\"", "too large"),
        arguments("headWindow", "\"1G\"", "sluice.exports.window-memory"),
        arguments("headWindow", "true", "expected a whole number"),
        arguments("peerTimeout", "-1", duration),
        arguments("peerTimeout", "\"-1s\"", duration),
        arguments("idleTimeout", "\"soon\"", duration),
        arguments("idleTimeout", "1.5", duration),
        arguments("idleTimeout", "\"\"", duration),
        arguments("resumeTimeout", "99999999999", duration),
        arguments("resumeTimeout", "\"9999999999999d\"", duration),
        arguments("lifetime", "\"36501d\"", duration),
        arguments("lifetime", "[]", duration),
        arguments("padTail", "\"yes\"", "expected true or false"),
        arguments("padTail", "1", "expected true or false"),
        arguments("resumeWindow", "\"1G\"", "sluice.exports.window-memory"),
        arguments("resumeWindow", "-1", "it is negative"),
        arguments("acceptClose", "true", "expected only with the direction read"),
        arguments("acceptUnread", "true", "expected only with the direction read"),
        arguments("acceptExcess", "true", "expected only with the direction read"),
        arguments("acceptExcess", "1", "expected true or false"),
        arguments("copy", "\"yes\"", "expected true or false"),
        arguments("digest", "\"MD5\"", "expected \"SHA-256\""),
        arguments("digest", "true", "expected a string"),
        arguments("rateLimit", "-5", "it is negative"),
        arguments("rateLimit", "\"2T\"", "too large"),
        arguments("listen", "0", "expected true or false"),
        arguments("listed", "\"no\"", "expected true or false"),
        arguments("clients", "5", "expected an object with the fields [subjects, networks]"),
        arguments("allowedClients", "null", "there is no such field"));
  }

  @ParameterizedTest
  @MethodSource("valuesThatAreRefused")
  void aValueIsRefused(String field, String value, String why) {
    RestClient.Answer answer = post("\"%s\": %s".formatted(field, value));

    assertThat(answer.status()).isEqualTo(400);
    ProblemAssert.assertThatIsProblem(answer);
    assertThat(answer.text("field")).isEqualTo(field);
    assertThat(answer.text("detail")).startsWith(field + ": ").contains(why);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aTailIsOnlyPaddedWhereItsEndIsKnown() {
    String body = "{\"path\": \"%s\", \"direction\": \"%s\", \"padTail\": true%s}";

    for (String[] wrong : new String[][] {{"write", ""}, {"read", ", \"size\": 5"}}) {
      RestClient.Answer answer =
          api.post(body.formatted(folder.resolve("fifo"), wrong[0], wrong[1]));

      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.text("detail"))
          .isEqualTo("padTail: expected only with the direction write and a size");
    }
  }

  @ParameterizedTest
  @CsvSource({"acceptClose, ''", "acceptUnread, ''", "acceptExcess, ', \"size\": 5'"})
  void whatIsAcceptedOfAReaderIsShown(String field, String more) {
    String body = "{\"name\": \"disk\", \"path\": \"%s\", \"direction\": \"read\", \"%s\": true%s}";

    RestClient.Answer answer = api.post(body.formatted(folder.resolve("fifo"), field, more));

    assertThat(answer.status()).as("%s", answer).isEqualTo(201);
    assertThat(api.get("/exports/disk").json().get(field).booleanValue()).isTrue();
  }

  @Test
  void aReaderWithoutASizeHasNoUseForAcceptingTheExcess() {
    String body = "{\"path\": \"%s\", \"direction\": \"read\", \"acceptExcess\": true}";

    RestClient.Answer answer = api.post(body.formatted(folder.resolve("fifo")));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("detail")).isEqualTo("acceptExcess: expected only with a size");
  }

  @Test
  void theRateChangesWhileBytesMoveAndTheSizeBeforeAClientCame() throws IOException {
    post("");

    assertThat(patch("{\"size\": \"2G\", \"rateLimit\": \"1M\"}").json().get("size").longValue())
        .isEqualTo(2L << 30);
    assertThat(patch("{\"size\": null}").json().get("size").isNull()).isTrue();
    JsonNode unchanged = patch("{}").json();
    assertThat(unchanged.get("size").isNull()).isTrue();
    assertThat(unchanged.get("rateLimit").longValue()).isEqualTo(1 << 20);

    Export export = registry.find("disk").orElseThrow();
    export.stream().attach();
    RestClient.Answer refused = patch("{\"size\": \"3G\", \"rateLimit\": 5}");
    assertThat(refused.status()).isEqualTo(409);
    ProblemAssert.assertThatIsProblem(refused);
    assertThat(refused.text("detail")).startsWith("size: a client has seen it");
    assertThat(api.get("/exports/disk").json().get("rateLimit").longValue()).isEqualTo(1 << 20);
    assertThat(patch("{\"rateLimit\": null}").json().get("rateLimit").longValue()).isZero();
    assertThat(export.stream().advertisedSize()).isEqualTo(Long.MAX_VALUE - (1L << 30) + 1);
    export.stream().detach();
  }

  @Test
  void aClientSeesTheSizeThatWasChanged() throws IOException {
    post("");

    patch("{\"size\": 1000}");

    assertThat(registry.find("disk").orElseThrow().stream().advertisedSize()).isEqualTo(1024);
  }

  @Test
  void nothingElseChanges() {
    post("");

    RestClient.Answer answer = patch("{\"headWindow\": 5}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("field")).isEqualTo("headWindow");
    assertThat(answer.text("detail")).contains("expected [size, rateLimit]");
  }

  @Test
  void anExportThatHasEndedOrIsNotThereDoesNotChange() {
    assertThat(patch("{\"rateLimit\": 5}").status()).isEqualTo(404);
    post("");
    registry.find("disk").orElseThrow().stream().cancel();

    RestClient.Answer answer = patch("{\"rateLimit\": 5}");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text("detail")).isEqualTo("name: the export has ended");
  }

  @Test
  void aMergePatchIsOneToo() {
    post("");

    RestClient.Answer answer =
        api.send(
            api.request("/exports/disk").header("Content-Type", "application/merge-patch+json"),
            "PATCH",
            "{\"rateLimit\": 7}");

    assertThat(answer.json().get("rateLimit").longValue()).isEqualTo(7);
  }
}
