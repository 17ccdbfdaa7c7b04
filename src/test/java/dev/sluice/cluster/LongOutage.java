package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.RelayingProxy;
import dev.sluice.testing.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * A pod in a namespace of its own, which is cut off from the API server while it has two streams
 * and an export that has not begun. A test can do something else meanwhile.
 */
final class LongOutage implements AutoCloseable {

  private static final Duration LENGTH = Duration.ofMinutes(1);
  private static final String LEASE = "sluice.kubernetes.lease-duration=2s";
  private static final int SIZE = 1 << 20;
  private static final int PODS = 2;
  private static final int PIECE = 1 << 10;

  private final ClusterRig rig = new ClusterRig();
  private final RelayingProxy proxy = rig.proxy();
  private final OwnService pod = rig.podBehind(proxy, "sluice-0", LEASE);

  /** It is started while the API server is away. */
  private final OwnService late;

  private final byte[] data = new byte[SIZE];
  private final RawNbdClient client;
  private final CompletableFuture<byte[]> peer;
  private final long since;
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private int position = SIZE / 2;

  /** Begins one, within which one of the streams ends. */
  LongOutage() throws Exception {
    new Random(60).nextBytes(data);
    rig.ask("ends", write("ends"));
    rig.ask("goes-on", write("goes-on"));
    rig.ask("not-begun", write("not-begun"));
    rig.awaitPhase("ends", "WAITING");
    rig.awaitPhase("goes-on", "WAITING");
    rig.awaitPhase("not-begun", "WAITING");
    peer = reads("goes-on");
    client = begin("goes-on");
    CompletableFuture<byte[]> other = reads("ends");
    try (RawNbdClient ending = begin("ends")) {
      log.start();
      root().addAppender(log);
      proxy.cut();
      since = System.nanoTime();
      ending.write(SIZE / 2, Arrays.copyOfRange(data, SIZE / 2, SIZE));
      ending.disconnect();
    }
    assertThat(other.get(LENGTH.toSeconds(), TimeUnit.SECONDS)).isEqualTo(data);
    pod.api().awaitState("ends", "COMPLETED");
    await().atMost(ClusterRig.SOON).until(() -> !ClusterRig.on(pod).contains("not-begun"));
    late = rig.podBehind(proxy, "sluice-1", LEASE);
  }

  private static Logger root() {
    return ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(Logger.ROOT_LOGGER_NAME);
  }

  private String write(String name) {
    return "direction: write, size: %d, digest: SHA-256, pod: sluice-0, path: %s"
        .formatted(SIZE, pod.root().resolve(name));
  }

  private CompletableFuture<byte[]> reads(String name) {
    CompletableFuture<byte[]> bytes = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                bytes.complete(Files.readAllBytes(pod.root().resolve(name)));
              } catch (IOException e) {
                bytes.completeExceptionally(e);
              }
            });
    return bytes;
  }

  private RawNbdClient begin(String name) throws IOException {
    RawNbdClient begun = pod.connect();
    begun.go(name);
    begun.write(0, Arrays.copyOf(data, SIZE / 2));
    rig.await(name, status -> status.path("position").asInt(0) == SIZE / 2);
    return begun;
  }

  /** Waits until it has lasted a minute, while the other stream goes on; then ends it. */
  void endAfterAMinute() {
    await()
        .pollInterval(Duration.ofSeconds(1))
        .atMost(LENGTH.multipliedBy(2))
        .until(
            () -> {
              write(PIECE);
              return System.nanoTime() - since >= LENGTH.toNanos();
            });
    assertThat(rig.status("goes-on").path("position").asInt()).isEqualTo(SIZE / 2);
    assertThat(rig.status("ends").path("phase").asString()).isEqualTo("STREAMING");
    assertThat(late.api().statusOf("/exports/goes-on")).as("nobody knows of it").isEqualTo(503);
    root().detachAppender(log);
    proxy.mend();
  }

  /** Two streams have something to tell, nobody hears it, and a second pod begins. */
  void assertThatTheLogSaysSoOnceAMinute() {
    long minutes = 1 + (System.nanoTime() - since) / Duration.ofMinutes(1).toNanos();
    List<ILoggingEvent> ofThesePods =
        log.list.stream()
            .filter(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
            .filter(this::isOfThesePods)
            .toList();
    assertThat(ofThesePods).hasSizeBetween(1, (int) minutes * PODS);
    assertThat(ofThesePods).allMatch(line -> line.getThrowableProxy() == null);
    assertThat(log.list)
        .as("the names of loggers")
        .extracting(ILoggingEvent::getLoggerName)
        .noneMatch(name -> name.matches(".*(AbstractWatchManager|Reflector|InformerWrapper)"));
  }

  /** Other pods may be in this process. */
  private boolean isOfThesePods(ILoggingEvent line) {
    return Stream.of("[%s]", "'%s'")
        .anyMatch(quoted -> line.getFormattedMessage().contains(quoted.formatted(rig.namespace)));
  }

  private void write(int length) throws IOException {
    client.write(position, Arrays.copyOfRange(data, position, position + length));
    position += length;
  }

  /** Sees that everything has become known, and that all goes on. */
  void assertThatNothingIsLost() throws Exception {
    assertThatIsWhole(rig.awaitPhase("ends", "COMPLETED"));
    rig.await("goes-on", status -> status.path("position").asInt() == position);
    write(SIZE - position);
    client.disconnect();
    assertThat(peer.get(LENGTH.toSeconds(), TimeUnit.SECONDS)).isEqualTo(data);
    assertThatIsWhole(rig.awaitPhase("goes-on", "COMPLETED"));
    await().atMost(ClusterRig.SOON).until(() -> ClusterRig.on(pod).contains("not-begun"));
    assertThat(rig.status("not-begun").path("phase").asString()).isEqualTo("WAITING");
    await().atMost(ClusterRig.SOON).until(() -> late.api().statusOf("/exports/goes-on") == 200);
  }

  private void assertThatIsWhole(JsonNode status) {
    Sha256 sum = new Sha256();
    sum.update(data, SIZE);
    assertThat(status.path("digest").asString()).isEqualTo(sum.hex());
    assertThat(status.path("position").asInt()).isEqualTo(SIZE);
  }

  @Override
  public void close() throws Exception {
    client.close();
    proxy.mend();
    rig.close();
  }
}
