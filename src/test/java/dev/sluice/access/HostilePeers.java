package dev.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.data.DataStreams;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/**
 * Peers by HTTP that keep to no protocol, and the service to which they come. It has a place for
 * one peer, so whoever keeps that keeps it from the next one.
 */
abstract class HostilePeers {

  static final String NAME = "web";
  static final String DATA = "/exports/web/data";
  static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";

  /** More than the head, and less than a pipe. */
  static final byte[] DISK = new byte[300_000];

  static OwnService sluice;
  static RestClient api;
  Attacker attacker;

  @BeforeAll
  static void start() {
    new SplittableRandom(1).nextBytes(DISK);
    sluice =
        OwnService.with("server.tomcat.connection-timeout=2s", "sluice.exports.data-streams=1");
    api = RestClient.anonymous(sluice);
  }

  @AfterAll
  static void stop() {
    sluice.close();
  }

  @BeforeEach
  void prepare() {
    attacker = new Attacker(sluice.api().resolve("/"));
  }

  @AfterEach
  void tidy() throws IOException {
    attacker.close();
    sluice.api().delete(NAME, true);
    awaitPeers(0);
  }

  static void create(String direction) {
    Map<String, ?> clocks = Map.of("idleTimeout", "1s", "peerTimeout", "1s");
    sluice.api().createForHttp(NAME, direction, (long) DISK.length, clocks);
  }

  /** The beginning of a request for the data, as far as its own header fields. */
  static String request(String method) {
    return "%s %s HTTP/1.1\r\nHost: localhost\r\n".formatted(method, DATA);
  }

  static void awaitPeers(int count) {
    await().until(() -> sluice.bean(DataStreams.class).count() == count);
  }

  static <T> FutureTask<T> start(Callable<T> task) {
    FutureTask<T> started = new FutureTask<>(task);
    Thread.ofPlatform().daemon().start(started);
    return started;
  }

  /** A client that reads the whole disk, or writes it, and says goodbye. */
  static FutureTask<byte[]> client(String direction) {
    return start(
        () -> {
          try (RawNbdClient client = sluice.connect()) {
            client.go(NAME);
            byte[] disk = DISK;
            if (direction.equals("read")) {
              disk = client.read(0, DISK.length);
            } else {
              client.write(0, DISK);
            }
            client.disconnect();
            return disk;
          }
        });
  }

  static void assertToldThatItFailed(FutureTask<byte[]> client) {
    assertThat(client)
        .failsWithin(Duration.ofSeconds(20))
        .withThrowableOfType(ExecutionException.class)
        .withMessageContaining("EIO");
  }

  /** It sends nothing before it is invited: whoever is refused may not hear of it otherwise. */
  static RestClient.Answer ask(String direction) {
    return direction.equals("read")
        ? api.send(api.request(DATA).expectContinue(true), "PUT", BodyPublishers.ofByteArray(DISK))
        : api.get(DATA);
  }

  /** The next peer has the place, and the stream if it has not ended. */
  static void assertNextIsServed(String direction) throws Exception {
    FutureTask<byte[]> client = client(direction);
    RestClient.Answer answer = ask(direction);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(client.get()).isEqualTo(DISK);
    assertThat(sluice.api().awaitState(NAME, "COMPLETED").position()).isEqualTo(DISK.length);
  }

  static void assertNextIsToldWhyNot(String direction) {
    RestClient.Answer answer = ask(direction);
    assertThat(answer.status()).as(answer.body()).isEqualTo(409);
    assertThat(answer.detail()).isEqualTo("the export has ended: FAILED");
  }

  static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }
}
