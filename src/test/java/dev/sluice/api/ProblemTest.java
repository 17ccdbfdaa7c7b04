package dev.sluice.api;

import static dev.sluice.api.ProblemAssert.assertThatIsProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.request.RequestBytes;
import dev.sluice.testing.RestClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors that are about the request as a whole. */
class ProblemTest extends ServiceTest {

  @ParameterizedTest
  @ValueSource(strings = {"/exports/nobody", "/exports/vm%C3%A9", "/exports/a%22b"})
  void anExportThatIsNotThereIsNotFound(String path) {
    for (RestClient.Answer answer : new RestClient.Answer[] {api.get(path), api.delete(path)}) {
      assertThat(answer.status()).isEqualTo(404);
      assertThatIsProblem(answer);
      assertThat(answer.text("field")).isEqualTo("name");
      assertThat(answer.text("detail")).contains("no such export");
      assertThat(answer.text("instance")).isEqualTo(path);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nothing", "/exports/a/b", "/error", "/favicon.ico"})
  void aPathThatIsNotThereIsNotFound(String path) {
    RestClient.Answer answer = api.get(path);

    assertThat(answer.status()).isEqualTo(404);
    assertThatIsProblem(answer);
    assertThat(answer.text("instance")).isEqualTo(path);
  }

  @ParameterizedTest
  @CsvSource({
    "PUT, /exports, GET POST",
    "PATCH, /exports, GET POST",
    "DELETE, /exports, GET POST",
    "POST, /exports/a, GET DELETE PATCH PUT",
  })
  void aWrongVerbIsToldTheRightOnes(String method, String path, String right) {
    RestClient.Answer answer =
        api.send(api.request(path).header("Content-Type", "application/json"), method, "{}");

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.text("detail")).contains(method);
    assertThatIsProblem(answer);
    assertThat(answer.header("Allow").split(", ")).containsExactlyInAnyOrder(right.split(" "));
  }

  @Test
  void aBodyThatIsNotJsonByItsTypeIsUnsupported() {
    for (String type : new String[] {"text/plain", "application/xml", "nonsense"}) {
      RestClient.Answer answer =
          api.send(api.request("/exports").header("Content-Type", type), "POST", spec("a", "pipe"));

      assertThat(answer.status()).isEqualTo(415);
      assertThatIsProblem(answer);
      assertThat(answer.text("detail"))
          .contains("expected the header 'Content-Type: application/json'", "with curl: -H");
      assertThat(answer.header("Accept")).isEqualTo("application/json");
    }
    assertThat(api.send(api.request("/exports"), "POST", spec("a", "pipe")).status())
        .isEqualTo(415);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void anAnswerThatNobodyWantsIsNotMade() {
    for (String type : new String[] {"text/html", "application/xml", "nonsense"}) {
      RestClient.Answer answer =
          api.send(
              api.request("/exports")
                  .header("Content-Type", "application/json")
                  .header("Accept", type),
              "POST",
              spec("a", "pipe"));

      assertThat(answer.status()).isEqualTo(406);
      assertThatIsProblem(answer);
    }
    assertThat(registry.list()).isEmpty();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aListThatNobodyWantsIsNotMadeEither() {
    RestClient.Answer answer =
        api.send(api.request("/exports").header("Accept", "text/html"), "GET", "");

    assertThat(answer.status()).isEqualTo(406);
    assertThatIsProblem(answer);
  }

  @Test
  void aProblemIsToldEvenToThoseWhoWantSomethingElse() {
    RestClient.Answer answer =
        api.send(api.request("/nothing").header("Accept", "text/html"), "GET", "");

    assertThat(answer.status()).isEqualTo(404);
    assertThatIsProblem(answer);
  }

  @Test
  void aBodyAtTheLimitIsReadAndALongerOneIsNot() {
    String spec = spec("a", "pipe");
    String limit = spec + " ".repeat(RequestBytes.MAX - spec.length());

    RestClient.Answer tooLong = api.post(limit + " ");

    assertThat(tooLong.status()).isEqualTo(413);
    assertThatIsProblem(tooLong);
    assertThat(tooLong.text("detail")).contains("at most 65536 bytes");
    assertThat(folder).isEmptyDirectory();
    assertThat(api.post(limit).status()).isEqualTo(201);
  }

  @Test
  void aBodyWithoutALengthHasTheSameLimit() {
    InputStream megabyte =
        new InputStream() {
          private int left = 1 << 20;

          @Override
          public int read() {
            return left-- > 0 ? ' ' : -1;
          }
        };

    RestClient.Answer answer =
        api.send(
            api.request("/exports").header("Content-Type", "application/json"),
            "POST",
            BodyPublishers.ofInputStream(() -> megabyte));

    assertThat(answer.status()).isEqualTo(413);
    assertThatIsProblem(answer);
  }

  @Test
  void aFaultOfTheServiceTellsNothingAndLeavesNothing() {
    RestClient.Answer answer = api.post(spec(TestApplication.UNREACHABLE, "pipe"));

    assertThat(answer.status()).isEqualTo(500);
    assertThatIsProblem(answer);
    assertThat(answer.json().toString()).doesNotContain("nobody knows", "Exception", "dev.sluice");
    assertThat(registry.list()).isEmpty();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aDeletionNeedsNoAcceptableAnswer() {
    create("vm1", "pipe");

    assertThat(
            api.send(api.request("/exports/vm1").header("Accept", "text/html"), "DELETE", "")
                .status())
        .isEqualTo(204);
  }

  @Test
  void whatCurlSendsByItselfIsToldWhatToSend() {
    RestClient.Answer answer =
        api.send(
            api.request("/exports").header("Content-Type", "application/x-www-form-urlencoded"),
            "POST",
            spec("a", "pipe"));

    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.text("detail"))
        .contains("application/x-www-form-urlencoded", "-H 'Content-Type: application/json'");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /exports?page=5, page, 5, state",
    "GET, /exports/vm1?verbose, verbose, , waitFor",
    "GET, /exports/vm1?force=true, force, true, waitFor",
    "POST, /exports?dryRun=true, dryRun, true, none",
    "PATCH, /exports/vm1?dryRun=true, dryRun, true, none",
    "POST, /exports/vm1/finish?padd=zero, padd, zero, ",
    "DELETE, /exports/vm1?forced=true, forced, true, force",
    "DELETE, /exports/vm1?force=false&Force=true, Force, true, force",
    "DELETE, /exports/vm1?force%20=true, force , true, force",
    "DELETE, /exports/vm1/?forced, forced, , force",
  })
  void aQueryParameterThatDoesNotExist(
      String method, String path, String field, String value, String known) {
    create("vm1", "pipe");

    RestClient.Answer answer =
        api.send(
            api.request(path).header("Content-Type", "application/json"),
            method,
            switch (method) {
              case "GET" -> "";
              case "POST" -> spec("other", "pipe2");
              default -> "{}";
            });

    assertThat(answer.status()).isEqualTo(400);
    assertThatIsProblem(answer);
    assertThat(answer.text("field").strip()).isEqualTo(field);
    assertThat(answer.json().get("value").asString("")).isEqualTo(value == null ? "" : value);
    assertThat(answer.text("detail"))
        .contains("no such query parameter; expected " + (known == null ? "" : known));
    assertThat(registry.find("vm1")).isPresent();
    assertThat(registry.find("other")).isEmpty();
  }

  @Test
  void forceIsTrueOrFalse() {
    create("vm1", "pipe");

    RestClient.Answer answer = api.delete("/exports/vm1?force=perhaps");

    assertThat(answer.status()).isEqualTo(400);
    assertThatIsProblem(answer);
    assertThat(answer.text("field")).isEqualTo("force");
    assertThat(answer.text("value")).isEqualTo("perhaps");
    assertThat(registry.find("vm1")).isPresent();
  }

  @Test
  void malformedJsonIsToldWhere() {
    RestClient.Answer answer = api.post("{\n  \"name\": \"a\",\n  path: 1}");

    assertThat(answer.status()).isEqualTo(400);
    assertThatIsProblem(answer);
    assertThat(answer.text("detail")).contains("not valid JSON", "line 3, column 3");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /exports/a|b HTTP/1.1\r\nHost: x",
        "GET //[ HTTP/1.1\r\nHost: x",
        "GET /exports/%zz HTTP/1.1\r\nHost: x",
        "GET /exports/%2F HTTP/1.1\r\nHost: x",
        "GET /exports/%ED%A0%80 HTTP/1.1\r\nHost: x",
        "GET /exports/a%00b HTTP/1.1\r\nHost: x",
        "GET /exports/../../x HTTP/1.1\r\nHost: x",
        "GET /exports;a=b/%5c HTTP/1.1\r\nHost: x",
        "GET /exports HTTP/1.1",
        "GET /exports HTTP/1.1\r\nHost: a b",
        "GET /exports HTTP/9.9\r\nHost: x",
        "G@T /exports HTTP/1.1\r\nHost: x",
        "TRACE /exports HTTP/1.1\r\nHost: x",
        "BREW /exports HTTP/1.1\r\nHost: x",
        "GET\r\nHost: x",
        "POST /exports HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST /exports HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + "Content-Length: -1",
      })
  void whatIsHardlyHttpIsRefusedWithoutFault(String request) throws IOException {
    String answer = raw(request, port);

    assertThat(answer).matches("(?s)HTTP/1.1 (4\\d\\d|501|505) .*").doesNotContain("Exception");
    assertThat(answer).contains("application/problem+json").contains("\"status\":");
  }

  String raw(String request, int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(30_000);
      String whole =
          request.contains("\r\n\r\n") ? request : request + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(whole.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
