package dev.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.events.ExportEvents;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.EventReader;
import dev.sluice.testing.EventReader.Event;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import dev.sluice.testing.Slow;
import dev.sluice.testing.Workspace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Many subscribers, slow ones, and the end of the service. */
@Slow("Streams for seconds while subscribers read, or do not.")
@Timeout(120)
class EventsLoadTest {

  private static final Logger log = LoggerFactory.getLogger(EventsLoadTest.class);

  private static final int SIZE = 1 << 20;
  private static final String ALL = "/exports/events";

  private static OwnService sluice;
  private static RestClient api;

  @BeforeAll
  static void start() {
    sluice =
        OwnService.with(
            "sluice.live.heartbeat=1s",
            "sluice.live.subscribers-per-token=100",
            "sluice.exports.drain-linger=0");
    api = new RestClient(sluice.port());
  }

  @AfterAll
  static void stop() {
    sluice.close();
  }

  private static void write(String name) {
    try (RawNbdClient client = sluice.connect()) {
      client.go(name);
      client.write(0, new byte[SIZE]);
      client.disconnect();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CompletableFuture<Void> stream(String name) {
    api.post(
        """
        {"name": "%s", "path": "%s", "direction": "write", "size": %d, "rateLimit": "384K"}\
        """
            .formatted(name, sluice.root().resolve(name), SIZE));
    CompletableFuture<byte[]> peer = sluice.peerReads(name);
    return CompletableFuture.runAsync(() -> write(name)).thenCombine(peer, (_, _) -> null);
  }

  @Test
  void aHundredSubscribersAreToldAllAndHoldUpNeitherRestNorHealth() throws Exception {
    List<EventReader> readers = new ArrayList<>();
    long begun = System.nanoTime();
    try (HealthWatch _ = new HealthWatch(sluice.health("/livez"))) {
      for (int i = 0; i < 100; i++) {
        readers.add(new EventReader(sluice.port(), ALL, ""));
      }
      CompletableFuture<Void> stream = stream("disk");
      long slowest = 0;
      int requests = 0;
      for (; !stream.isDone(); requests++) {
        long start = System.nanoTime();
        assertThat(api.get("/exports").status()).isEqualTo(200);
        slowest = Math.max(slowest, System.nanoTime() - start);
      }
      stream.get();
      log.info("{} REST requests, each answered within {} ms", requests, slowest / 1_000_000);
      for (EventReader reader : readers) {
        int counters = readToTheEnd(reader);
        long halves = (System.nanoTime() - begun) / 500_000_000;
        assertThat(counters).isPositive().isLessThanOrEqualTo((int) halves + 1);
      }
    } finally {
      readers.forEach(EventReader::close);
      api.delete("/exports/disk");
    }
    await().until(() -> sluice.bean(ExportEvents.class).count() == 0);
  }

  /** Reads until the export has COMPLETED; returns how many events told its counters. */
  private static int readToTheEnd(EventReader reader) throws InterruptedException {
    int counters = 0;
    Event event = reader.next();
    while (!event.text().equals("export disk COMPLETED")) {
      if (event.type().equals("progress")) {
        counters++;
        assertThat(event.data().get("position").longValue()).isBetween(0L, (long) SIZE);
      }
      event = reader.next();
    }
    assertThat(event.data().get("position").longValue()).isEqualTo(SIZE);
    return counters;
  }

  @Test
  void aSubscriberThatReadsNothingHoldsUpNobodyAndGetsTheLatestLater() throws Exception {
    api.post(
        """
        {"name": "disk", "path": "%s", "direction": "write"}\
        """
            .formatted(sluice.root().resolve("disk")));
    try (Socket slow = new Socket();
        EventReader reader = new EventReader(sluice.port(), ALL, "")) {
      slow.setReceiveBufferSize(1024);
      slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), sluice.port()));
      slow.getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"
                  .formatted(ALL)
                  .getBytes(StandardCharsets.US_ASCII));
      int last = 0;
      for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5); System.nanoTime() < end; ) {
        last++;
        api.send("PATCH", "/exports/disk", "{\"rateLimit\": %d}".formatted(last));
      }
      int told = 1;
      for (Event event = reader.next(); rate(event) != last; event = reader.next()) {
        assertThat(rate(event)).isLessThan(last);
        told++;
      }

      slow.setSoTimeout(20_000);
      int toldSlow = eventsUntil(slow.getInputStream(), "\"rateLimit\":%d,".formatted(last));
      log.info("{} changes, {} events, {} for the slow subscriber", last, told, toldSlow);
      assertThat(toldSlow).isBetween(1, told); // the systems' buffers may have room for all
    } finally {
      api.delete("/exports/disk");
    }
  }

  private static int rate(Event event) {
    return event.data().path("rateLimit").asInt(0);
  }

  /** Counts the events up to the one that has a text in it. */
  private static int eventsUntil(InputStream in, String wanted) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    int events = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      events += line.startsWith("event: ") ? 1 : 0;
      if (line.contains(wanted)) {
        return events;
      }
    }
    return 0;
  }

  @Test
  void theEndOfTheServiceIsToldAndIsAProperEnd() throws Exception {
    OwnService ending =
        OwnService.with(
            "sluice.live.heartbeat=1s",
            "sluice.exports.drain-linger=0",
            "sluice.exports.store=none");
    try (EventReader all = new EventReader(ending.port(), ALL, "");
        EventReader one = reader(ending)) {
      assertThat(all.nextState()).isEqualTo("export disk WAITING");
      await().until(() -> all.heartbeats() > 0);
      assertThat(all.response().headers().firstValue("Sluice-Heartbeat")).hasValue("1");

      ending.close();

      assertThat(all.nextState()).isEqualTo("export disk FAILED");
      assertThat(one.nextState()).isEqualTo("export disk WAITING");
      assertThat(one.nextState()).isEqualTo("export disk FAILED");
      all.end().get(10, TimeUnit.SECONDS);
      one.end().get(10, TimeUnit.SECONDS);
    } finally {
      ending.close();
    }
  }

  @Test
  void whatGoesOnAfterTheNextStartIsNotSaidToHaveEnded() throws Exception {
    Path root = Workspace.newPath("root");
    OwnService ending = OwnService.at(root, List.of("sluice.exports.drain-linger=0"));
    try (EventReader one = reader(ending)) {
      assertThat(one.nextState()).isEqualTo("export disk WAITING");

      ending.close();

      one.end().get(10, TimeUnit.SECONDS);
      assertThat(one.hasMore()).isFalse();
    } finally {
      ending.close();
    }
    try (OwnService next = OwnService.at(root, List.of())) {
      assertThat(next.api().get("disk").state()).isEqualTo("WAITING");
    }
  }

  private static EventReader reader(OwnService ending) {
    ending.create("disk", "write", SIZE);
    return new EventReader(ending.port(), "/exports/disk/events", "");
  }
}
