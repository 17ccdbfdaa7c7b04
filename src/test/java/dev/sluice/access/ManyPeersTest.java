package dev.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.data.DataStreams;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** As many peers by HTTP as there may be, and one more. */
@Slow("Streams for seconds while a hundred peers are there.")
@Timeout(120)
class ManyPeersTest {

  private static final Logger log = LoggerFactory.getLogger(ManyPeersTest.class);

  private static final int PEERS = 100;
  private static final int SIZE = 1 << 18;

  private static OwnService sluice;
  private static RestClient api;

  @BeforeAll
  static void start() {
    sluice = OwnService.with("sluice.exports.data-streams=" + PEERS);
    api = RestClient.anonymous(sluice);
  }

  @AfterAll
  static void stop() {
    sluice.close();
  }

  private static void awaitPeers(int count) {
    await().until(() -> sluice.bean(DataStreams.class).count() == count);
  }

  private static <T> FutureTask<T> start(Callable<T> task) {
    FutureTask<T> started = new FutureTask<>(task);
    Thread.ofPlatform().daemon().start(started);
    return started;
  }

  private static String get(String name) {
    return "GET /exports/%s/data HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(name);
  }

  /** A client that writes a whole disk; it is told that the peer has it. */
  private static Void write(String name) throws IOException {
    try (RawNbdClient client = sluice.connect()) {
      client.go(name);
      for (int at = 0; at < SIZE; at += SIZE / 16) {
        client.write(at, new byte[SIZE / 16]);
      }
      client.disconnect();
    }
    return null;
  }

  @Test
  void aHundredOfThemHoldUpNeitherRestNorHealthAndOneMoreIsRefused() throws Exception {
    try (Attacker peers = new Attacker(sluice.api().resolve("/"));
        HealthWatch _ = new HealthWatch(sluice.health("/livez"))) {
      List<FutureTask<byte[]>> answers = new ArrayList<>();
      for (int i = 0; i < PEERS; i++) {
        sluice.api().createForHttp("web" + i, "write", (long) SIZE, Map.of("rateLimit", SIZE / 4));
        Socket peer = peers.send(get("web" + i));
        answers.add(start(() -> body(peer)));
      }
      awaitPeers(PEERS);

      sluice.api().createForHttp("one-more", "write", (long) SIZE, Map.of());
      RestClient.Answer refused = api.get("/exports/one-more/data");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.header("Retry-After")).isEqualTo("1");
      assertThat(refused.detail())
          .isEqualTo(
              "100 peers have data streams, and sluice.exports.data-streams permits no more");
      assertThat(sluice.scrape().sum("sluice_data_streams"))
          .isEqualTo(sluice.scrape().sum("sluice_data_streams_limit"))
          .isEqualTo(PEERS);

      List<FutureTask<Void>> clients = new ArrayList<>();
      for (int i = 0; i < PEERS; i++) {
        String name = "web" + i;
        clients.add(start(() -> write(name)));
      }
      askUntil(clients);

      for (int i = 0; i < PEERS; i++) {
        clients.get(i).get();
        assertThat(answers.get(i).get()).hasSize(SIZE);
        sluice.api().awaitState("web" + i, "COMPLETED");
      }
      awaitPeers(0);
      FutureTask<Void> last = start(() -> write("one-more"));
      assertThat(body(peers.send(get("one-more")))).hasSize(SIZE);
      last.get();
    }
  }

  /** The whole of it, after which the peer closes its connection. */
  private static byte[] body(Socket peer) throws IOException {
    try (peer) {
      InputStream in = peer.getInputStream();
      String head = "";
      while (!head.endsWith("\r\n\r\n")) {
        head += (char) in.read();
      }
      assertThat(head).startsWith("HTTP/1.1 200");
      return in.readNBytes(SIZE);
    }
  }

  /** Each request has to be answered before its deadline. */
  private static void askUntil(List<FutureTask<Void>> over) {
    long slowest = 0;
    int requests = 0;
    for (; !over.stream().allMatch(FutureTask::isDone); requests++) {
      long begun = System.nanoTime();
      assertThat(api.get("/exports/web" + requests % PEERS).status()).isEqualTo(200);
      slowest = Math.max(slowest, System.nanoTime() - begun);
    }
    log.info("{} REST requests, each answered within {} ms", requests, slowest / 1_000_000);
  }
}
