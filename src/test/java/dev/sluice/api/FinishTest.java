package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.export.Export;
import dev.sluice.testing.RestClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that are ended on somebody's word. */
class FinishTest extends ServiceTest {

  private static final String SIZED =
      """
      {"name": "disk", "path": "%s", "direction": "write", "size": "1M"}\
      """;

  @Test
  void aStreamWithoutSizeEndsWithWhatWasWritten() throws Exception {
    create("disk", "fifo");
    CompletableFuture<byte[]> peer = reading(folder.resolve("fifo"));

    RestClient.Answer answer = finish("disk", "");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("state")).isEqualTo("COMPLETED");
    assertThat(peer.get(10, TimeUnit.SECONDS)).isEmpty();
  }

  @Test
  void whatIsCompleteCanBeFinishedAgain() throws Exception {
    create("disk", "fifo");
    reading(folder.resolve("fifo"));
    finish("disk", "");

    RestClient.Answer again = finish("disk", "");

    assertThat(again.status()).isEqualTo(200);
    assertThat(again.text("state")).isEqualTo("COMPLETED");
  }

  @Test
  void aStreamThatIsShortOfItsSizeIsNotFinishedAndStaysAsItIs() throws IOException {
    api.post(SIZED.formatted(folder.resolve("fifo")));

    RestClient.Answer answer = finish("disk", "{}");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text("detail")).contains("0 of 1048576 bytes").contains("pad");
    assertThat(api.get("/exports/disk").text("state")).isEqualTo("WAITING");
    assertThat(api.get("/exports/disk").json().get("clients").intValue()).isZero();
  }

  @Test
  void theRestOfTheSizeIsZeroesIfThatIsAskedFor() throws Exception {
    api.post(SIZED.formatted(folder.resolve("fifo")));
    CompletableFuture<byte[]> peer = reading(folder.resolve("fifo"));

    RestClient.Answer answer = finish("disk", "{\"pad\": \"zero\"}");

    assertThat(answer.text("state")).isEqualTo("COMPLETED");
    assertThat(peer.get(10, TimeUnit.SECONDS)).isEqualTo(new byte[1 << 20]);
  }

  @Test
  void aClientThatIsAttachedHasToLeaveFirst() throws IOException {
    Export export = create("disk", "fifo");
    export.stream().attach();
    try {
      RestClient.Answer answer = finish("disk", "");
      assertThat(answer.status()).isEqualTo(409);
      assertThat(answer.text("detail")).contains("a client is attached");
    } finally {
      export.stream().detach();
    }
  }

  @Test
  void anEndedStreamCannotBeFinished() throws IOException {
    create("disk", "fifo").stream().fail("the tape tore");

    assertThat(finish("disk", "").text("detail")).contains("FAILED").contains("the tape tore");
    assertThat(finish("disk", "").status()).isEqualTo(409);
  }

  @Test
  void thereHasToBeSuchAnExport() {
    assertThat(finish("nobody", "").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "{\"pad\": 0}", "{\"pad\": \"ones\"}", "{\"path\": \"zero\"}", "{"})
  void anOddBodyIsRefused(String body) throws IOException {
    create("disk", "fifo");

    assertThat(finish("disk", body).status()).isEqualTo(400);
    assertThat(api.get("/exports/disk").text("state")).isEqualTo("WAITING");
  }

  private RestClient.Answer finish(String name, String body) {
    return api.send(
        api.request("/exports/" + name + "/finish").header("Content-Type", "application/json"),
        "POST",
        body);
  }

  private static CompletableFuture<byte[]> reading(Path fifo) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return Files.readAllBytes(fifo);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }
}
