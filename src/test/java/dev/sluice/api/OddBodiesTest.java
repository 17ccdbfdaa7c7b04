package dev.sluice.api;

import static dev.sluice.api.ProblemAssert.assertThatIsProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Folder;
import dev.sluice.testing.RestClient;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is sent, it is the sender's mistake, and it stays without effect. */
class OddBodiesTest extends ServiceTest {

  private static final String VALID =
      "\"path\": \"FOLDER/pipe\", \"direction\": \"write\", \"size\": 1";

  static Stream<String> notJson() {
    return Stream.of(
        "",
        " ",
        "\n\n",
        "\u0000",
        "\ufeff",
        "{",
        "}",
        "{]",
        "[",
        "{\"",
        "{\"path",
        "{\"path\"",
        "{\"path\":",
        "{\"path\":}",
        "{\"path\": \"/x\",}",
        "{\"path\": \"/x\" \"direction\": \"read\"}",
        "{,}",
        "{'path': '/x'}",
        "{path: 1}",
        "{\"path\": \"a\nb\"}",
        "{\"path\": \"\\x\"}",
        "{\"path\": \"\\u12\"}",
        "{\"path\": \"\t\"}",
        "{\"\u0000\": 1}",
        "{\"\\ud800\": 1}",
        "{\"size\": 01}",
        "{\"size\": +1}",
        "{\"size\": .5}",
        "{\"size\": 5.}",
        "{\"size\": 1e}",
        "{\"size\": 0x10}",
        "{\"size\": NaN}",
        "{\"size\": Infinity}",
        "{\"size\": 1_000}",
        "{\"size\": 10G}",
        "{\"size\": True}",
        "{\"size\": nul}",
        "{\"size\": " + "9".repeat(2000) + "}",
        "{/* a comment */}",
        "{} // a comment",
        "# a comment\n{}",
        "--- yaml: true",
        "<export/>",
        "path=/x&direction=read",
        "{" + VALID + "} x",
        "{" + VALID + "}{" + VALID + "}",
        "{" + VALID + "},",
        "{" + VALID + "}]",
        "{" + VALID + ", \"path\": \"FOLDER/other\"}",
        "{" + VALID + ", \"size\": 1}",
        "{" + VALID + ", \"size\": " + "[".repeat(9) + "]".repeat(9) + "}",
        "{" + VALID + ", \"size\": " + "[".repeat(20_000) + "}",
        "[".repeat(60_000),
        "{\"a\":".repeat(10_000),
        "\"" + "x".repeat(60_000));
  }

  static Stream<String> notAnObject() {
    return Stream.of(
        "null",
        "true",
        "0",
        "-0",
        "1e400",
        "\"\"",
        "\"{}\"",
        "[]",
        "[{" + VALID + "}]",
        "[null]",
        "9223372036854775808");
  }

  static Stream<String> notAnExport() {
    return Stream.of(
        "{}",
        "{\"\": \"\"}",
        "{\"" + "x".repeat(40_000) + "\": 1}",
        "{\"path\\u0000\": \"FOLDER/pipe\"}",
        "{\"PATH\": \"FOLDER/pipe\", \"direction\": \"write\"}",
        "{\"__proto__\": {}, " + VALID + "}",
        "{\"@class\": \"java.lang.Runtime\", " + VALID + "}",
        "{\"state\": \"COMPLETED\", " + VALID + "}",
        "{\"name\": {}, " + VALID + "}",
        "{\"name\": [], " + VALID + "}",
        "{\"name\": false, " + VALID + "}",
        "{\"name\": \"\\ud800\", " + VALID + "}",
        "{\"name\": \"\\u0000\", " + VALID + "}",
        "{\"name\": \"\u202e\", " + VALID + "}",
        "{\"name\": \"${jndi:ldap://x}\", " + VALID + "}",
        "{\"name\": \"<script>\", " + VALID + "}",
        "{\"name\": \"" + "x".repeat(60_000) + "\", " + VALID + "}",
        "{\"path\": {}, \"direction\": \"write\"}",
        "{\"path\": true, \"direction\": \"write\"}",
        "{\"path\": \"\\u0000\", \"direction\": \"write\"}",
        "{\"path\": \"/\", \"direction\": \"write\"}",
        "{\"path\": \"//\", \"direction\": \"write\"}",
        "{\"path\": \".\", \"direction\": \"write\"}",
        "{\"path\": \"~/pipe\", \"direction\": \"write\"}",
        "{\"path\": \"$HOME/pipe\", \"direction\": \"write\"}",
        "{\"path\": \"file:FOLDER/pipe\", \"direction\": \"write\"}",
        "{\"path\": \"FOLDER\", \"direction\": \"write\"}",
        "{\"path\": \"FOLDER/" + "x".repeat(60_000) + "\", \"direction\": \"write\"}",
        "{\"path\": \"/proc/self/fd/0\", \"direction\": \"write\"}",
        "{\"path\": \"/sys/kernel/../pipe\", \"direction\": \"write\"}",
        "{\"path\": \"FOLDER/pipe\", \"direction\": {}}",
        "{\"path\": \"FOLDER/pipe\", \"direction\": \"both\"}",
        "{\"path\": \"FOLDER/pipe\", \"direction\": \"write \"}",
        "{\"path\": \"FOLDER/pipe\", \"direction\": \"WRITE\"}",
        "{\"path\": \"FOLDER/pipe\", \"direction\": \"write\", \"size\": 1e400}",
        "{\"path\": \"FOLDER/pipe\", \"direction\": \"write\", \"size\": -1e-400}",
        "{\"path\": \"FOLDER/pipe\", \"direction\": \"write\", \"size\": 1e999999999}",
        "{\"path\": \"FOLDER/pipe\", \"direction\": \"write\", \"size\": " + "9".repeat(900) + "}",
        "{\"path\": \"FOLDER/pipe\", \"direction\": \"write\", \"size\": -0}",
        "{\"path\": \"FOLDER/pipe\", \"direction\": \"write\", \"size\": \"\\ud800\"}",
        "{\"path\": \"FOLDER/pipe\", \"direction\": \"write\", \"size\": [\"\\ud800\"]}",
        "{\"path\": \"FOLDER/pipe\", \"direction\": \"write\", \"size\": \"\u0661\"}",
        "{\"path\": \"FOLDER/pipe\", \"direction\": \"write\", \"size\": \"1 G\"}",
        "{\"path\": \"FOLDER/pipe\", \"direction\": \"write\", \"size\": \"NaN\"}",
        "{\"path\": \"FOLDER/pipe\", \"direction\": \"write\", \"size\": \"0x10\"}",
        "{\"path\": \"FOLDER/pipe\", \"direction\": \"write\", \"size\": \""
            + "9".repeat(60_000)
            + "\"}");
  }

  @ParameterizedTest
  @MethodSource("notJson")
  void whatIsNotJsonIsRefused(String body) throws IOException {
    assertRefused(body.getBytes(StandardCharsets.UTF_8), "not (valid )?JSON|not a JSON object");
  }

  @ParameterizedTest
  @MethodSource("notAnObject")
  void whatIsNotAnObjectIsRefused(String body) throws IOException {
    assertRefused(body.getBytes(StandardCharsets.UTF_8), "not a JSON object");
  }

  @ParameterizedTest
  @MethodSource("notAnExport")
  void whatIsNotAnExportIsRefused(String body) throws IOException {
    RestClient.Answer answer = assertRefused(body.getBytes(StandardCharsets.UTF_8), "^[^:]*: ");

    assertThat(answer.json().has("field")).isTrue();
    assertThat(answer.json().has("value")).isTrue();
  }

  @ParameterizedTest
  @MethodSource("otherEncodings")
  void whatIsNotUnicodeIsRefused(byte[] body) throws IOException {
    assertRefused(body, "not valid JSON|name: expected|no such field");
  }

  static Stream<byte[]> otherEncodings() {
    return Stream.of(
        "{\"name\": \"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1),
        "{\"name\": \"\u20ac\"}".getBytes(Charset.forName("windows-1252")),
        new byte[] {'{', '"', (byte) 0xC0, (byte) 0x80, '"', ':', '1', '}'},
        new byte[] {'{', '"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"', ':', '1', '}'},
        new byte[] {'{', '"', (byte) 0xF8, (byte) 0x88, (byte) 0x80, '"', ':', '1', '}'},
        new byte[] {'{', '"', (byte) 0xE2},
        new byte[] {(byte) 0xFF, (byte) 0xFE, '{'},
        new byte[] {(byte) 0xFE, (byte) 0xFF, 0, '{', (byte) 0xD8, 0},
        new byte[] {0, 0, 0, '{', (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF},
        new byte[] {0x1F, (byte) 0x8B, 8, 0},
        new byte[1000]);
  }

  private RestClient.Answer assertRefused(byte[] body, String detail) throws IOException {
    RestClient.Answer answer =
        api.send(
            api.request("/exports").header("Content-Type", "application/json"),
            "POST",
            BodyPublishers.ofByteArray(inFolder(body)));

    assertThat(answer.status()).as("%s", answer).isEqualTo(400);
    assertThatIsProblem(answer);
    assertThat(answer.text("detail"))
        .containsPattern(detail)
        .doesNotContain("dev.sluice", "tools.", "Stream", "Jackson", "Source");
    assertThat(registry.list()).isEmpty();
    assertThat(folder).isEmptyDirectory();
    assertThat(Folder.openBelow(folder)).isEmpty();
    return answer;
  }

  private byte[] inFolder(byte[] body) {
    return new String(body, StandardCharsets.ISO_8859_1)
        .replace("FOLDER", folder.toString())
        .getBytes(StandardCharsets.ISO_8859_1);
  }
}
