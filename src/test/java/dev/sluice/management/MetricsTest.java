package dev.sluice.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.export.ExportRegistry;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.nbd.handshake.OptionCode;
import dev.sluice.nbd.transmission.Request;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Pki;
import dev.sluice.testing.Scrape;
import dev.sluice.testing.Slow;
import dev.sluice.testing.Workspace;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Prometheus sees of clients, streams and limits. */
@Slow("Starts a service for most tests.")
@Timeout(60)
class MetricsTest {

  private static final int MIB = 1 << 20;

  /** All that any meter of ours may say; none of it can be chosen by a client or a user. */
  private static final List<String> TAGS =
      List.of(
          "direction=(read|write)",
          "state=(waiting|streaming|interrupted|completed|failed|cancelled)",
          "outcome=(completed|failed|cancelled)",
          "cause=(client|peer|rate-limit|window-memory|other-client)",
          "reason=(unreachable|refused|outdated)",
          "judgement=(placed-anew|failed)",
          "reason=(timeout|protocol|tls|refused|disconnected|limit|error)",
          "reason=(no-token|wrong-token|unchecked-token|forbidden|failed-logins|requests|connections)",
          "command=(read|write|flush|trim|cache|write-zeroes|block-status|other)",
          "error=(eperm|eio|enomem|einval|enospc|eoverflow|enotsup|eshutdown)");

  private static OwnService service;
  private Scrape before;

  @BeforeAll
  static void start() throws Exception {
    Pki pki = new Pki("Sluice tests");
    Path files = Workspace.newFolder("server");
    Pki.writeServer(files, pki.server(), pki);
    List<String> properties = new ArrayList<>(Pki.properties(files, "allow", "none"));
    properties.add("sluice.nbd.handshake-timeout=2s");
    properties.add("sluice.nbd.max-connections=2");
    service = OwnService.with(properties.toArray(String[]::new));
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @BeforeEach
  void scrapeOnceEverybodyHasLeft() {
    ExportRegistry exports = service.bean(ExportRegistry.class);
    exports.list().forEach(export -> exports.delete(export.name(), true));
    await()
        .until(
            () -> at("sluice_sessions") + at("sluice_handshakes"), connections -> connections == 0);
    before = service.scrape();
  }

  private static double at(String name, String... labels) {
    return service.scrape().sum(name, labels);
  }

  private double since(String name, String... labels) {
    return at(name, labels) - before.sum(name, labels);
  }

  @Test
  void bytesAndEndsAreCountedAndStayWhenTheirExportIsDeleted() throws Exception {
    service.stream("counted", MIB);

    assertThat(at("sluice_exports", "direction", "write", "state", "completed")).isEqualTo(1);
    assertThat(service.api().delete("counted", false)).isEqualTo(204);

    assertThat(at("sluice_exports")).isZero();
    assertThat(since("sluice_stream_bytes_total", "direction", "write")).isEqualTo(MIB);
    assertThat(since("sluice_stream_bytes_total", "direction", "read")).isZero();
    assertThat(since("sluice_exports_ended_total", "direction", "write", "outcome", "completed"))
        .isEqualTo(1);
    assertThat(since("sluice_exports_ended_total")).isEqualTo(1);
  }

  @Test
  void requestsAreTimedByCommandAndTheirErrorsCounted() throws Exception {
    service.create("asked", "read", MIB);
    try (RawNbdClient client = service.connect()) {
      client.go("asked");
      client.request(new Request(0, 1, 1, 0, 1), (byte) 0); // a write
      client.request(new Request(0, 77, 2, 0, 0)); // nothing that anybody knows
    }
    service.api().delete("asked", true);

    assertThat(since("sluice_requests_seconds_count", "command", "write")).isEqualTo(1);
    assertThat(since("sluice_requests_seconds_count", "command", "other")).isEqualTo(1);
    assertThat(since("sluice_requests_seconds_count")).isEqualTo(2);
    assertThat(since("sluice_requests_seconds_sum", "command", "write")).isPositive();
    assertThat(since("sluice_requests_seconds_bucket", "le", "60.0")).isEqualTo(2);
    assertThat(since("sluice_request_errors_total", "error", "eperm")).isEqualTo(1);
    assertThat(since("sluice_request_errors_total", "error", "einval")).isEqualTo(1);
    assertThat(since("sluice_request_errors_total")).isEqualTo(2);
  }

  @Test
  void aSessionAWindowAndAStandstillAreShownWhileTheyLast() throws Exception {
    service.create("ahead", "write", 4 * MIB);
    CompletableFuture<byte[]> peer = service.peerReads("ahead");
    try (RawNbdClient client = service.connect()) {
      assertThat(at("sluice_handshakes")).isEqualTo(1);
      assertThat(at("sluice_connections_per_address")).isEqualTo(1);
      assertThat(at("sluice_connections_per_export")).isZero();
      client.go("ahead");
      client.write(0, new byte[MIB]);
      client.write(2 * MIB, new byte[MIB]);

      assertThat(at("sluice_sessions")).isEqualTo(1);
      await().until(() -> at("sluice_handshakes") == 0);
      assertThat(at("sluice_connections_per_address")).isEqualTo(1);
      assertThat(at("sluice_connections_per_export")).isEqualTo(1);
      assertThat(at("sluice_window_memory_bytes")).isEqualTo(MIB);
      assertThat(at("sluice_exports", "direction", "write", "state", "streaming")).isEqualTo(1);
      await().until(() -> at("sluice_stream_standstill_seconds") > 0.05);
    }
    service.api().delete("ahead", true);

    assertThat(peer.get()).hasSize(MIB);
    await().until(() -> at("sluice_sessions") == 0);
    assertThat(at("sluice_connections_per_address") + at("sluice_connections_per_export")).isZero();
    assertThat(since("sluice_stream_waits_seconds_sum", "cause", "client")).isPositive();
    assertThat(since("sluice_stream_waits_seconds_count", "cause", "client")).isPositive();
    assertThat(at("sluice_window_memory_bytes")).isZero();
    assertThat(at("sluice_stream_standstill_seconds")).isZero();
    assertThat(since("sluice_exports_ended_total", "outcome", "cancelled")).isEqualTo(1);
    assertThat(since("sluice_handshake_failures_total")).isZero();
  }

  @Test
  void theLimitsAreShownBesideWhatTheyLimit() {
    assertThat(at("sluice_exports_limit")).isEqualTo(1000);
    assertThat(at("sluice_connections_limit")).isEqualTo(2);
    assertThat(at("sluice_connections_per_address_limit")).isEqualTo(256);
    assertThat(at("sluice_connections_per_export_limit")).isEqualTo(16);
    assertThat(at("sluice_window_memory_limit_bytes")).isEqualTo(512 * MIB);
  }

  @Test
  void aHandshakeThatFailsIsCountedByItsReason() throws Exception {
    try (RawNbdClient silent = service.connect()) {
      assertThat(silent.isClosedByServer()).isTrue();
    }
    awaitFailure("timeout");
    try (RawNbdClient unheard = service.connect()) {
      unheard.sendRaw(ByteBuffer.allocate(64).putLong(0x1234).clear());
      assertThat(unheard.isClosedByServer()).isTrue();
    }
    awaitFailure("protocol");
    try (RawNbdClient plain = service.connect()) {
      plain.option(OptionCode.STARTTLS.code());
      plain.sendRaw(ByteBuffer.allocate(64));
      assertThat(plain.isClosedByServer()).isTrue();
    }
    awaitFailure("tls");
    try (RawNbdClient refused = service.connect()) {
      assertThat(refused.option(OptionCode.GO.code(), RawNbdClient.infoData("no\nsuch{export}")))
          .anyMatch(RawNbdClient.OptionAnswer::isError);
      refused.option(OptionCode.ABORT.code());
    }
    awaitFailure("refused");
    service.connect().close();
    awaitFailure("disconnected");
    try (RawNbdClient one = service.connect();
        RawNbdClient two = service.connect();
        RawNbdClient surplus = RawNbdClient.open(service.nbd(), Duration.ofSeconds(5))) {
      assertThat(surplus.isClosedByServer()).isTrue();
      one.option(OptionCode.ABORT.code());
      two.option(OptionCode.ABORT.code());
    }
    awaitFailure("limit");
    assertThat(since("sluice_handshake_failures_total")).isEqualTo(6);
  }

  private void awaitFailure(String reason) {
    await().until(() -> since("sluice_handshake_failures_total", "reason", reason) == 1);
  }

  @Test
  void aClientThatLooksAndGoesHasNotFailed() throws Exception {
    try (RawNbdClient looking = service.connect()) {
      looking.option(OptionCode.LIST.code());
      looking.option(OptionCode.ABORT.code());
    }
    await().until(() -> at("sluice_handshakes") == 0);

    assertThat(since("sluice_handshake_failures_total")).isZero();
  }

  @Test
  void nothingThatSomebodyCanChooseIsATag() throws Exception {
    for (String name : List.of("a.b_c-D", "write", "-", "0")) {
      service.stream(name, MIB);
    }

    List<Meter> ours = ours(service);

    assertThat(ours).hasSizeGreaterThan(40).hasSizeLessThan(100);
    assertThat(ours)
        .flatExtracting(meter -> meter.getId().getTags())
        .allSatisfy(tag -> assertKnown((Tag) tag));
    assertThat(service.scrape().series()).hasSizeLessThan(600);
  }

  static List<Meter> ours(OwnService service) {
    return service.bean(MeterRegistry.class).getMeters().stream()
        .filter(meter -> meter.getId().getName().startsWith("sluice."))
        .toList();
  }

  static void assertKnown(Tag tag) {
    assertThat(TAGS).anyMatch((tag.getKey() + "=" + tag.getValue())::matches);
  }
}
