package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.events.ExportEvents;
import dev.sluice.api.live.LiveProperties;
import dev.sluice.testing.EventReader;
import dev.sluice.testing.RestClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** What subscribers are told of exports. */
class EventsTest extends ServiceTest {

  private static final String ALL = "/exports/events";

  @Autowired private ExportEvents events;
  @Autowired private LiveProperties limits;

  private final List<EventReader> readers = new ArrayList<>();

  private EventReader subscribe(String path) {
    return subscribe(path, "");
  }

  private EventReader subscribe(String path, String lastId) {
    EventReader reader = new EventReader(port, path, lastId);
    readers.add(reader);
    return reader;
  }

  @AfterEach
  void leave() {
    readers.forEach(EventReader::close);
    await().until(() -> events.count() == 0);
  }

  @Test
  void theExportsThatAreThereComeFirstAndThenEachChange() throws Exception {
    create("vm1", "one").stream().fail("the tape tore");
    create("vm2", "two");
    EventReader reader = subscribe(ALL);
    assertThat(reader.response().headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/event-stream");
    assertThat(reader.response().headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(reader.nextState()).isEqualTo("export vm1 FAILED");
    assertThat(reader.nextState()).isEqualTo("export vm2 WAITING");

    create("vm3", "three");
    assertThat(reader.nextState()).isEqualTo("export vm3 WAITING");
    registry.find("vm2").orElseThrow().stream().fail("the tape tore");
    assertThat(reader.nextState()).isEqualTo("export vm2 FAILED");
    api.send("PATCH", "/exports/vm3", "{\"rateLimit\": 1000}");
    assertThat(reader.next().data().get("rateLimit").intValue()).isEqualTo(1000);
  }

  @Test
  void noEventSaysMoreThanTheExportItself() throws Exception {
    EventReader reader = subscribe(ALL);
    for (int i = 0; i < 5; i++) {
      create("disk" + i, "fifo");
      assertThat(reader.nextState()).endsWith("WAITING");
      CompletableFuture<byte[]> peer =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return Files.readAllBytes(folder.resolve("fifo"));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      api.post("/exports/disk%d/finish".formatted(i), "");

      assertThat(reader.nextState()).isEqualTo("export disk%d COMPLETED".formatted(i));
      assertThat(api.get("/exports/disk" + i).text("state")).isEqualTo("COMPLETED");
      assertThat(peer.get(10, TimeUnit.SECONDS)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoeverIsToldThatAnExportIsDeletedIsToldHowItEnded(boolean one) throws Exception {
    create("vm1", "one");
    EventReader reader = subscribe(one ? "/exports/vm1/events" : ALL);
    assertThat(reader.nextState()).isEqualTo("export vm1 WAITING");

    api.delete("/exports/vm1");

    String last = reader.nextState();
    assertThat(last).isIn("export vm1 CANCELLED", "deleted vm1 CANCELLED");
    if (one) {
      reader.end().get(10, TimeUnit.SECONDS);
    } else if (last.startsWith("export")) {
      assertThat(reader.nextState()).isEqualTo("deleted vm1 CANCELLED");
    }
  }

  @Test
  void whoeverComesBackIsToldWhatItMissedAndNothingElse() throws Exception {
    create("vm1", "one");
    create("vm2", "two");
    create("vm3", "three");
    EventReader before = subscribe(ALL);
    before.next();
    before.next();
    String known = before.next().id();
    before.close();
    api.delete("/exports/vm1");
    registry.find("vm3").orElseThrow().stream().fail("the tape tore");
    create("vm4", "four");
    for (int rate = 1; rate <= 5; rate++) { // of which only the last is told
      api.send("PATCH", "/exports/vm2", "{\"rateLimit\": %d}".formatted(rate));
      events.look();
    }

    EventReader reader = subscribe(ALL, known);

    List<EventReader.Event> told =
        List.of(reader.next(), reader.next(), reader.next(), reader.next());
    assertThat(told.stream().map(EventReader.Event::text))
        .containsExactlyInAnyOrder(
            "deleted vm1 CANCELLED",
            "export vm3 FAILED",
            "export vm4 WAITING",
            "export vm2 WAITING");
    assertThat(told.getLast().data().get("rateLimit").intValue()).isEqualTo(5);
    create("vm5", "five");
    assertThat(reader.nextState()).isEqualTo("export vm5 WAITING");
  }

  @ParameterizedTest
  @ValueSource(strings = {"00000000-1", "x", "KNOWN0000000", "KNOWN-1"})
  void whoeverKnowsSomethingElseBeginsAnew(String lastId) throws Exception {
    create("vm1", "one");
    EventReader first = subscribe(ALL);
    String known = first.next().id();

    EventReader reader = subscribe(ALL, lastId.replace("KNOWN", known));

    assertThat(reader.next().type()).isEqualTo("reset");
    assertThat(reader.nextState()).isEqualTo("export vm1 WAITING");
  }

  @Test
  void theEventsOfOneExportEndWithIt() throws Exception {
    create("vm1", "one");
    create("vm2", "two");
    EventReader reader = subscribe("/exports/vm1/events");
    assertThat(reader.nextState()).isEqualTo("export vm1 WAITING");

    registry.find("vm2").orElseThrow().stream().fail("the tape tore");
    registry.find("vm1").orElseThrow().stream().fail("the tape tore");

    EventReader.Event last = reader.next();
    assertThat(last.text()).isEqualTo("export vm1 FAILED");
    reader.end().get(10, TimeUnit.SECONDS);
    assertThat(reader.hasMore()).isFalse();
    EventReader again = subscribe("/exports/vm1/events");
    assertThat(again.nextState()).isEqualTo("export vm1 FAILED");
    again.end().get(10, TimeUnit.SECONDS);
    assertThat(subscribe("/exports/vm1/events", last.id()).response().statusCode()).isEqualTo(204);
  }

  @Test
  void whatCannotBeToldIsRefused() {
    assertThat(api.get("/exports/nobody/events").status()).isEqualTo(404);
    assertThat(api.get(ALL + "?state=WAITING").status()).isEqualTo(400);
    assertThat(api.post(ALL, "{}").status()).isEqualTo(405);
    assertThat(api.send("HEAD", ALL, "").header("Content-Type")).startsWith("text/event-stream");
    assertThat(
            api.send(api.request(ALL).header("Sec-Fetch-Site", "cross-site"), "GET", "").status())
        .isEqualTo(403);
  }

  @Test
  void asManyAsMayListenHoldUpNobodyThoughTheyReadNothing() throws Exception {
    List<Socket> deaf = new ArrayList<>();
    try {
      for (int i = 0; i < limits.subscribersPerToken() - 1; i++) {
        deaf.add(deaf());
      }
      EventReader reader = subscribe(ALL);
      await().until(() -> events.count() == limits.subscribersPerToken());

      RestClient.Answer refused = api.get(ALL);
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.detail()).contains("sluice.live.subscribers-per-token");
      assertThat(refused.header("Retry-After")).isEqualTo("1");
      create("vm1", "one");
      assertThat(reader.nextState()).isEqualTo("export vm1 WAITING");
      assertThat(api.get("/exports/vm1").status()).isEqualTo(200);
      assertThat(api.get("/readyz").status()).isEqualTo(200);
    } finally {
      for (Socket socket : deaf) {
        socket.close();
      }
    }
  }

  private Socket deaf() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket
        .getOutputStream()
        .write(
            "GET /exports/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }
}
