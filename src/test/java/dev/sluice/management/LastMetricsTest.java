package dev.sluice.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.server.NbdServer;
import dev.sluice.testing.Collector;
import dev.sluice.testing.Collector.Manner;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Slow;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is measured while a service drains its streams. */
@Slow("Starts a service for most tests.")
@Timeout(180)
class LastMetricsTest {

  private static final int MIB = 1 << 20;

  @Test
  void metricsAreSentWhileStreamsAreDrainedAndALastTimeWhenTheyHaveEnded() throws Exception {
    try (Collector collector = Collector.start(Manner.ANSWERS)) {
      OwnService service =
          OwnService.with(
              "management.otlp.metrics.export.enabled=true",
              "management.otlp.metrics.export.url=" + collector.metrics(),
              "management.otlp.metrics.export.step=1s",
              "sluice.exports.drain-timeout=1m",
              "sluice.exports.drain-linger=0");
      NbdServer server = service.bean(NbdServer.class);
      service.create("drained", "write", 2 * MIB);
      CompletableFuture<byte[]> peer = service.peerReads("drained");
      CompletableFuture<Void> stopped;
      try (RawNbdClient client = service.connect()) {
        client.go("drained");
        client.write(0, new byte[MIB]);

        stopped = CompletableFuture.runAsync(service::close);
        await().until(() -> !server.isListening());
        int before = collector.pushes().size();
        await().until(() -> collector.pushes().size() >= before + 2);
        assertThat(completed(collector.pushes().getLast())).isZero();
        assertThat(stopped).isNotDone();

        client.write(MIB, new byte[MIB]);
        client.disconnect();
      }
      stopped.get(20, TimeUnit.SECONDS);
      assertThat(peer.get()).hasSize(2 * MIB);
      assertThat(completed(collector.pushes().getLast())).isEqualTo(1);
    }
  }

  private static double completed(List<Metric> push) {
    return push.stream()
        .filter(metric -> metric.getName().equals("sluice.exports.ended"))
        .flatMap(metric -> metric.getSum().getDataPointsList().stream())
        .filter(
            point ->
                Collector.attributes(point.getAttributesList())
                    .entrySet()
                    .contains(Map.entry("outcome", "completed")))
        .mapToDouble(NumberDataPoint::getAsDouble)
        .sum();
  }
}
