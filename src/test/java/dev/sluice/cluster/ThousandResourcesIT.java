package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.resource.Conditions;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.stream.StreamState;
import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * What takes long: a thousand resources at once, which three pods share. Meanwhile another pod, in
 * a namespace of its own, is without the API server for a minute.
 */
@TestMethodOrder(OrderAnnotation.class)
class ThousandResourcesIT {

  private static final int COUNT = 1_000;
  private static final int PODS = 3;
  private static final int CLIENTS = 8;
  private static final int MOST_BYTES = 8 * 1024;
  private static final long SEED = 21;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static LongOutage outage;

  private final List<OwnService> pods = new ArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    KubernetesApi.require();
    outage = new LongOutage();
  }

  @AfterAll
  static void end() throws Exception {
    outage.close();
  }

  @Test
  @Order(1)
  void eachIsStreamedByOnePodAndNothingIsLeft() throws Exception {
    try (ClusterRig rig = new ClusterRig();
        WatchedResources resources = new WatchedResources(rig.api.kubeConfig(), rig.namespace)) {
      for (int number = 0; number < PODS; number++) {
        pods.add(rig.pod("sluice-" + number, "sluice.kubernetes.lease-duration=15s"));
      }
      Path file = Workspace.newPath("thousand");
      Files.writeString(
          file, String.join("---\n", IntStream.range(0, COUNT).mapToObj(this::resource).toList()));

      rig.kubectl("apply", "--server-side", "-f", file);

      await(resources, COUNT, resource -> WatchedResources.is(resource, Conditions.READY));
      Map<Integer, String> digests = streamAll(resources);
      await(resources, COUNT, resource -> WatchedResources.is(resource, Conditions.COMPLETE));
      for (StreamExport resource : resources.all()) {
        int number = number(resource);
        assertThat(resource.known().phase()).isEqualTo(StreamState.COMPLETED);
        assertThat(resource.known().position()).isEqualTo(bytes(number));
        assertThat(resource.known().digest()).isEqualTo(digests.get(number));
        assertThat(resources.owners(resource.name())).as("owners ever").hasSize(1);
      }
      assertThat(resources.all().stream().map(ThousandResourcesIT::pod).distinct()).hasSize(PODS);

      rig.kubectl("delete", "-f", file, "--wait=false");

      await(resources, 0, _ -> true);
      assertThat(rig.kubectl("get", "sx", "-o", "name")).isEmpty();
      for (OwnService pod : pods) {
        assertThat(pod.api().list()).isEmpty();
        assertThat(pod.root()).isEmptyDirectory();
      }
    }
  }

  @Test
  @Order(2)
  void streamsGoOnThroughAMinuteWithoutTheApiServerAndAreToldOfLater() throws Exception {
    outage.endAfterAMinute();

    outage.assertThatTheLogSaysSoOnceAMinute();
    outage.assertThatNothingIsLost();
  }

  private static void await(
      WatchedResources resources, int expected, Predicate<StreamExport> wanted) {
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> resources.all().size() == expected && resources.count(wanted) == expected);
  }

  /** Half of them have a FIFO of a certain pod; the others are anybody's, with a peer by HTTP. */
  private String resource(int number) {
    int pod = number % PODS;
    String peer =
        isOfAnybody(number)
            ? "peer: http"
            : "pod: sluice-%d, path: %s"
                .formatted(pod, pods.get(pod).root().resolve("export-" + number));
    String direction = isRead(number) ? "read" : "write";
    String spec =
        "direction: %s, size: %d, digest: SHA-256, %s".formatted(direction, bytes(number), peer);
    return ClusterRig.resource("export-" + number, spec);
  }

  private static boolean isOfAnybody(int number) {
    return number % 2 == 0;
  }

  private static boolean isRead(int number) {
    return number % 4 == 0;
  }

  private static int number(StreamExport resource) {
    return Integer.parseInt(resource.name().substring("export-".length()));
  }

  private static String pod(StreamExport resource) {
    return Objects.requireNonNull(resource.known().owner()).pod();
  }

  private static int bytes(int number) {
    return 1 + new Random(SEED + number).nextInt(MOST_BYTES);
  }

  private static byte[] data(int number) {
    byte[] data = new byte[bytes(number)];
    new Random(-SEED - number).nextBytes(data);
    return data;
  }

  /** Streams all of them; returns the digest of each. */
  private Map<Integer, String> streamAll(WatchedResources resources) throws Exception {
    Map<Integer, String> digests = new TreeMap<>();
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      List<Callable<Void>> streams = new ArrayList<>();
      for (StreamExport resource : resources.all()) {
        byte[] data = data(number(resource));
        digests.put(number(resource), digest(data));
        streams.add(() -> stream(resource, data));
      }
      for (Future<Void> stream : clients.invokeAll(streams, LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        stream.get();
      }
    }
    return digests;
  }

  private static String digest(byte[] data) {
    Sha256 sum = new Sha256();
    sum.update(data, data.length);
    return sum.hex();
  }

  /** One stream, by what the status says of it. */
  private Void stream(StreamExport resource, byte[] data) throws Exception {
    Owner owner = Objects.requireNonNull(resource.known().owner());
    OwnService pod = pods.get(Integer.parseInt(owner.pod().substring("sluice-".length())));
    URI uri = URI.create(Objects.requireNonNull(resource.known().uris()).getFirst());
    boolean isRead = isRead(number(resource));
    CompletableFuture<byte[]> peer = peer(pod, resource, data);
    try (RawNbdClient client =
        RawNbdClient.connect(new InetSocketAddress(uri.getHost(), uri.getPort()))) {
      client.go(resource.name());
      if (isRead) {
        assertThat(client.read(0, data.length)).isEqualTo(data);
      } else {
        client.write(0, data);
      }
      client.disconnect();
    }
    byte[] heard = peer.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    if (!isRead) {
      assertThat(heard).isEqualTo(data);
    }
    return null;
  }

  private CompletableFuture<byte[]> peer(OwnService pod, StreamExport resource, byte[] data)
      throws IOException {
    if (!isOfAnybody(number(resource))) {
      return pod.peerReads(resource.name());
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(pod.api().resolve("/exports/" + resource.name() + "/data"));
    if (isRead(number(resource))) {
      request.PUT(BodyPublishers.ofByteArray(data));
    }
    return http.sendAsync(request.build(), BodyHandlers.ofByteArray())
        .thenApply(
            answer -> {
              assertThat(answer.statusCode()).isBetween(200, 299);
              return answer.body();
            });
  }
}
