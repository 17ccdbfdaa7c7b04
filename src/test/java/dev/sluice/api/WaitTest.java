package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.live.LiveProperties;
import dev.sluice.api.live.Waits;
import dev.sluice.export.Export;
import dev.sluice.testing.RestClient;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Requests that are answered when something has become of an export. */
class WaitTest extends ServiceTest {

  @Autowired private Waits waits;
  @Autowired private LiveProperties limits;

  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stopClients() {
    clients.shutdownNow();
  }

  private CompletableFuture<RestClient.Answer> asking(String path) {
    return CompletableFuture.supplyAsync(() -> api.get(path), clients);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ended", "started"})
  void whoeverWaitsIsAnsweredWhenTheExportHasEnded(String what) {
    Export export = create("disk", "fifo");
    CompletableFuture<RestClient.Answer> answer =
        asking("/exports/disk?waitFor=" + what + "&timeout=1h");
    await().until(() -> waits.count() == 1);
    assertThat(answer).isNotDone();

    export.stream().fail("the tape tore");

    assertThat(answer.join().status()).isEqualTo(200);
    assertThat(answer.join().text("state")).isEqualTo("FAILED");
    await().until(() -> waits.count() == 0);
  }

  @Test
  void anExportThatIsDeletedMeanwhileIsCancelled() {
    create("disk", "fifo");
    CompletableFuture<RestClient.Answer> answer = asking("/exports/disk?waitFor=ended");
    await().until(() -> waits.count() == 1);

    api.delete("/exports/disk");

    assertThat(answer.join().status()).isEqualTo(200);
    assertThat(answer.join().text("state")).isEqualTo("CANCELLED");
  }

  @Test
  void onceItIsAnsweredTheFileCanBeUsedAgain() {
    for (int i = 0; i < 5; i++) {
      Export export = create("disk" + i, "fifo");
      CompletableFuture<RestClient.Answer> answer =
          asking("/exports/disk%d?waitFor=ended".formatted(i));
      await().until(() -> waits.count() == 1);
      export.stream().fail("the tape tore");
      answer.join();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1ms"})
  void whenTheTimeIsOverTheAnswerSaysWhatTheExportIs(String timeout) {
    create("disk", "fifo");

    RestClient.Answer answer = api.get("/exports/disk?waitFor=ended&timeout=" + timeout);

    assertThat(answer.status()).isEqualTo(504);
    ProblemAssert.assertThatIsProblem(answer);
    assertThat(answer.detail()).contains("has not ended", "WAITING at position 0");
  }

  @ParameterizedTest
  @CsvSource({
    "waitFor=completed, waitFor",
    "waitFor, waitFor",
    "waitFor=ended&timeout=-1, timeout",
    "waitFor=ended&timeout=61m, timeout",
    "waitFor=ended&timeout=soon, timeout",
    "timeout=1s, timeout",
    "waitfor=ended, waitfor",
  })
  void whatCannotBeWaitedForIsRefused(String query, String field) {
    create("disk", "fifo");

    RestClient.Answer answer = api.get("/exports/disk?" + query);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("field")).isEqualTo(field);
  }

  @Test
  void thereHasToBeSuchAnExport() {
    assertThat(api.get("/exports/nobody?waitFor=ended").status()).isEqualTo(404);
  }

  @Test
  @Slow("Opens many connections.")
  void asManyAsMayWaitHoldUpNobodyAndWhoeverHasGoneWaitsNoLonger() throws IOException {
    create("disk", "fifo");
    List<Socket> waiting = new ArrayList<>();
    try {
      for (int i = 0; i < limits.waitsPerToken(); i++) {
        waiting.add(waiting());
      }
      await().until(() -> waits.count() == limits.waitsPerToken());

      RestClient.Answer refused = api.get("/exports/disk?waitFor=ended");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.detail()).contains("sluice.live.waits-per-token");
      assertThat(api.get("/exports/disk").status()).isEqualTo(200);
    } finally {
      for (Socket client : waiting) {
        client.close();
      }
    }
    await().until(() -> waits.count() == 0);
  }

  private Socket waiting() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    String request =
        "GET /exports/disk?waitFor=ended&timeout=1h HTTP/1.1\r\nHost: localhost\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }
}
