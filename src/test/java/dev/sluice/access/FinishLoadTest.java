package dev.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Exports that are finished where no peer comes. */
@Slow("Puts load on a service.")
@Timeout(60)
class FinishLoadTest {

  private static final String TOKEN = "operators-token-0001";
  private static final String AUTHENTICATED = "sluice.security.tokens=" + TOKEN;

  @Test
  void theAnswerDoesNotWaitForAPeerAndAnotherRequestJoins() throws Exception {
    try (OwnService sluice =
        OwnService.with(List.of(AUTHENTICATED, "sluice.exports.finish-wait=0"))) {
      RestClient operator = RestClient.of(sluice, TOKEN);
      operator.create("disk");

      for (int i = 0; i < 2; i++) {
        RestClient.Answer answer = operator.post("/exports/disk/finish", "{}");
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.body())
            .contains("\"waitingFor\":\"a peer to open the FIFO, to finish\"", "\"clients\":0");
      }
      assertThat(operator.get("/actuator/prometheus").body())
          .containsPattern("\nsluice_exports_finishing(\\{.*})? 1.0")
          .containsPattern("\nsluice_stream_waiting\\{.*cause=\"peer\".*} 1.0");

      CompletableFuture<byte[]> peer = reading(sluice.root().resolve("disk"));
      await().until(() -> operator.get("/exports/disk").body().contains("COMPLETED"));
      assertThat(peer.get(10, TimeUnit.SECONDS)).isEmpty();
      assertThat(operator.post("/exports/disk/finish", "{}").status()).isEqualTo(200);
    }
  }

  @Test
  void anyNumberOfCallersKeepsNobodyFromTheApi() throws Exception {
    try (OwnService sluice =
        OwnService.with(
            List.of(
                AUTHENTICATED,
                "sluice.exports.finish-wait=1h",
                "sluice.security.max-requests=2"))) {
      RestClient operator = RestClient.of(sluice, TOKEN);
      operator.create("disk");
      List<Socket> callers = new ArrayList<>();
      try {
        for (int i = 0; i < 100; i++) {
          callers.add(caller(sluice));
        }
        await().until(() -> operator.get("/exports/disk").body().contains("to finish"));

        for (String path : List.of("/exports/disk", "/actuator/prometheus", "/readyz")) {
          await().until(() -> operator.get(path).status() == 200);
        }
        await().until(() -> operator.delete("/exports/disk").status() == 204);
        assertThat(sluice.root()).isEmptyDirectory();
      } finally {
        for (Socket caller : callers) {
          caller.close();
        }
      }
    }
  }

  @Test
  void aFinishWithoutAPeerDoesNotHoldUpTheEndOfTheService() {
    OwnService sluice =
        OwnService.with(
            List.of(
                AUTHENTICATED,
                "sluice.exports.finish-wait=0",
                "sluice.exports.drain-timeout=1h",
                "sluice.exports.drain-linger=0"));
    RestClient operator = RestClient.of(sluice, TOKEN);
    operator.create("disk");
    assertThat(operator.post("/exports/disk/finish", "{}").status()).isEqualTo(202);

    sluice.close();

    assertThat(sluice.isRunning()).isFalse();
  }

  /** Somebody who asks for it and does not wait for the answer. */
  private static Socket caller(OwnService sluice) throws IOException {
    Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), sluice.api().resolve("/").getPort());
    socket
        .getOutputStream()
        .write(
            """
            POST /exports/disk/finish HTTP/1.1\r
            Host: localhost\r
            Authorization: Bearer %s\r
            Content-Type: application/json\r
            Content-Length: 2\r
            \r
            {}\
            """
                .formatted(TOKEN)
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static CompletableFuture<byte[]> reading(Path fifo) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return Files.readAllBytes(fifo);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }
}
