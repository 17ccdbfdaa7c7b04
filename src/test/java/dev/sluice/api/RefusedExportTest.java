package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sluice.api.problem.Problems;
import dev.sluice.stream.StreamState;
import dev.sluice.testing.Folder;
import dev.sluice.testing.RestClient;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.JsonNodeFactory;

/** Each request that is refused, names the field and the value, and leaves nothing behind. */
class RefusedExportTest extends ServiceTest {

  private static final String LARGEST = "9223372035781033984";

  private List<Path> before;

  @BeforeEach
  void fill() throws IOException {
    Files.createFile(folder.resolve("regular"));
    Files.createDirectory(folder.resolve("inner"));
    Files.createSymbolicLink(folder.resolve("out"), outside);
    Files.createSymbolicLink(folder.resolve("up"), Path.of("../.."));
    Folder.makeFifo(outside.resolve("fifo"));
    Files.createSymbolicLink(folder.resolve("away"), outside.resolve("fifo"));
    before = Folder.content(folder);
  }

  static Stream<Arguments> pathsThatAreRefused() {
    return Stream.of(
        arguments("/etc/pipe", "outside the permitted folders"),
        arguments("FOLDER/../../pipe", "'.' or '..'"),
        arguments("FOLDER/./pipe", "'.' or '..'"),
        arguments("FOLDER/out/pipe", "leads out"),
        arguments("FOLDER/up/pipe", "leads out"),
        arguments("FOLDER/away", "leads out"),
        arguments(
            "FOLDER/regular",
            "a regular file; expected a FIFO, a Unix socket, or nothing yet. Probably a peer made"
                + " it, by starting before the export was there: remove the file, make the export,"
                + " then start the peer"),
        arguments("FOLDER/inner", "a folder"),
        arguments("FOLDER", "a folder"),
        arguments("/dev", "outside the permitted folders"),
        arguments("FOLDER/missing/pipe", "does not exist"),
        arguments("FOLDER/regular/pipe", "not a folder"),
        arguments("pipe", "relative"),
        arguments("", "empty"),
        arguments("FOLDER/a\u0000b", "no path"),
        arguments("FOLDER/" + "x".repeat(256), "too long"),
        arguments("FOLDER" + "/x".repeat(2500), "too long"),
        arguments("FOLDER/\ud800", "no path"));
  }

  @ParameterizedTest
  @MethodSource("pathsThatAreRefused")
  void aPathIsRefused(String path, String why) throws IOException {
    String value = path.replace("FOLDER", folder.toString());
    String json = JsonNodeFactory.instance.stringNode(value).toString();

    RestClient.Answer answer =
        api.post(
            """
            {"name": "x", "path": %s, "direction": "write"}\
            """
                .formatted(json.replace("\ud800", "\\ud800")));

    assertRefused(answer, 400, "path", why);
    assertThat(answer.text("value")).startsWith(start(value.replace('\ud800', '?')));
    assertNothingIsLeft();
  }

  @Test
  void aRootThatTakesNoFifosIsNotThePathsFault() throws IOException {
    RestClient.Answer answer =
        api.post(
            """
            {"name": "x", "path": "%s/pipe", "direction": "write"}\
            """
                .formatted(WITHOUT_FIFOS));

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.text("detail")).contains("no FIFO can be made in " + WITHOUT_FIFOS);
    assertNothingIsLeft();
  }

  @Test
  void aFifoThatHoldsBytesOfAnEarlierStreamIsRefused() throws IOException {
    Path fifo = Folder.makeFifo(folder.resolve("used"));
    try (RandomAccessFile earlier = new RandomAccessFile(fifo.toFile(), "rw")) {
      earlier.write(new byte[1000]);
      RestClient.Answer answer =
          api.post(
              """
              {"name": "x", "path": "%s", "direction": "write"}\
              """
                  .formatted(fifo));
      assertRefused(answer, 400, "path", "the FIFO holds 1000 bytes of an earlier writer");
    } finally {
      Files.delete(fifo);
    }
    assertNothingIsLeft();
  }

  private static String start(String value) {
    return value.substring(0, Math.min(value.length(), Problems.MAX_VALUE));
  }

  static Stream<Arguments> fieldsThatAreRefused() {
    return Stream.of(
        arguments("name", "\"a/b\"", "expected 1 to 128"),
        arguments("name", "\"\"", "expected 1 to 128"),
        arguments("name", "\"" + "x".repeat(129) + "\"", "expected 1 to 128"),
        arguments("name", "\"vm\u00e9\"", "expected 1 to 128"),
        arguments("name", "\"a b\"", "expected 1 to 128"),
        arguments("name", "\"a\\n\"", "expected 1 to 128"),
        arguments("name", "\".\"", "cannot be names"),
        arguments("name", "\"..\"", "cannot be names"),
        arguments("name", "7", "expected a string"),
        arguments("path", "null", "required"),
        arguments("path", "7", "expected a string"),
        arguments("path", "[\"/a\"]", "expected a string"),
        arguments("direction", "null", "required"),
        arguments("direction", "\"Write\"", "expected \"write\" or \"read\""),
        arguments("direction", "\"\"", "expected \"write\" or \"read\""),
        arguments("direction", "1", "expected a string"),
        arguments("size", "0", "not positive"),
        arguments("size", "-1", "not positive"),
        arguments("size", "-99999999999999999999", "not positive"),
        arguments("size", "9223372035781033985", "at most|from 1 to " + LARGEST),
        arguments("size", "9223372036854775808", "too large"),
        arguments("size", "1e3", "expected a whole number"),
        arguments("size", "1.0", "expected a whole number"),
        arguments("size", "true", "expected a whole number"),
        arguments("size", "{}", "expected a whole number"),
        arguments("size", "[1]", "expected a whole number"),
        arguments("size", "\"\"", "expected a whole number"),
        arguments("size", "\"0\"", "not positive"),
        arguments("size", "\"-1G\"", "expected a whole number"),
        arguments("size", "\"1.5G\"", "expected a whole number"),
        arguments("size", "\"10GB\"", "expected a whole number"),
        arguments("size", "\"8E\"", "too large"),
        arguments("size", "\"plenty\"", "expected a whole number"),
        arguments("sise", "1", "no such field"),
        arguments("Name", "\"x\"", "no such field"));
  }

  @ParameterizedTest
  @MethodSource("fieldsThatAreRefused")
  void aFieldIsRefused(String field, String value, String why) throws IOException {
    StringBuilder body = new StringBuilder("{\"").append(field).append("\": ").append(value);
    if (!field.equals("path")) {
      body.append(", \"path\": \"").append(folder.resolve("pipe")).append('"');
    }
    if (!field.equals("direction")) {
      body.append(", \"direction\": \"read\"");
    }

    RestClient.Answer answer = api.post(body.append('}').toString());

    assertRefused(answer, 400, field, why);
    assertThat(answer.json().has("value")).isTrue();
    assertNothingIsLeft();
  }

  @Test
  void aNumberIsNamedAsItWasSentAndALongValueIsCut() {
    String body = "{\"path\": \"/x\", \"direction\": \"read\", \"size\": %s}";

    assertThat(api.post(body.formatted("-5")).json().get("value").intValue()).isEqualTo(-5);
    assertThat(api.post(body.formatted("\"12Q\"")).text("value")).isEqualTo("12Q");
    assertThat(api.post(body.formatted("\"" + "9".repeat(500) + "\"")).text("value"))
        .isEqualTo("9".repeat(100) + "…");
    assertThat(api.post(body.formatted("[" + "1,".repeat(400) + "1]")).text("value")).hasSize(101);
  }

  @Test
  void aRequiredFieldThatIsLeftOutIsNamed() throws IOException {
    assertRefused(api.post("{\"direction\": \"read\"}"), 400, "path", "required");
    assertRefused(
        api.post("{\"path\": \"%s\"}".formatted(folder.resolve("pipe"))),
        400,
        "direction",
        "required");
    assertNothingIsLeft();
  }

  @Test
  void aNameThatIsTakenIsAConflict() throws IOException {
    create("vm1", "first");

    RestClient.Answer answer = api.post(spec("vm1", "second"));

    assertRefused(answer, 409, "name", "taken");
    assertThat(answer.text("value")).isEqualTo("vm1");
    assertThat(folder.resolve("second")).doesNotExist();
    assertThat(folder.resolve("first")).exists();
    assertThat(registry.list()).hasSize(1);
  }

  @Test
  void aFileThatAnotherExportUsesIsAConflictUnderEveryName() throws IOException {
    create("vm1", "fifo");
    Files.createLink(folder.resolve("hard"), folder.resolve("fifo"));
    Files.createSymbolicLink(folder.resolve("soft"), Path.of("fifo"));
    Files.createSymbolicLink(
        folder.resolve("inner/same"), Path.of("../../" + folder.getFileName()));
    List<Path> openBefore = Folder.openBelow(folder);

    for (String name : List.of("fifo", "hard", "soft", "inner/same/fifo")) {
      RestClient.Answer answer = api.post(spec("vm2", name));

      assertRefused(answer, 409, "path", "export vm1 uses this file");
      assertThat(answer.text("value")).isEqualTo(folder.resolve(name).toString());
      assertThat(folder.resolve(name)).exists();
    }
    assertThat(registry.list()).hasSize(1);
    assertThat(Folder.openBelow(folder)).isEqualTo(openBefore);
  }

  @Test
  void aPathIsFreeAgainOnceItsFileHasGone() throws IOException {
    create("vm1", "fifo");
    Files.delete(folder.resolve("fifo"));
    await().until(() -> registry.list().getFirst().status().state() == StreamState.FAILED);

    create("vm2", "fifo");
    assertThat(folder.resolve("fifo")).exists();
  }

  @Test
  void aFileThatGetsTheNumberOfARemovedOneIsAnother() throws IOException {
    create("vm1", "fifo");
    Files.delete(folder.resolve("fifo"));

    create("vm2", "other");
  }

  @Test
  void anExistingSocketIsTaken() throws IOException {
    Path socket = folder.resolve("s");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(socket));

      create("vm1", "s");

      assertRefused(api.post(spec("vm2", "s")), 409, "path", "export vm1 uses this file");
      assertThat(api.delete("/exports/vm1").status()).isEqualTo(204);
      assertThat(socket).exists();
    }
  }

  private void assertRefused(RestClient.Answer answer, int status, String field, String why) {
    assertThat(answer.status()).as("%s", answer).isEqualTo(status);
    ProblemAssert.assertThatIsProblem(answer);
    assertThat(answer.text("instance")).isEqualTo("/exports");
    assertThat(answer.text("field")).isEqualTo(field);
    assertThat(answer.text("detail")).startsWith(field + ": ").containsPattern(why);
  }

  private void assertNothingIsLeft() throws IOException {
    assertThat(registry.list()).isEmpty();
    assertThat(Folder.content(folder)).isEqualTo(before);
    assertThat(Folder.openBelow(folder)).isEmpty();
  }
}
