package dev.sluice.cluster;

import dev.sluice.cluster.resource.Conditions;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.OwnService;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What many streams cost the API server, for docs/kubernetes.md: it asserts nothing and prints.
 * src/test/scripts/measure-api-server runs it; no build does.
 */
class ApiServerMeasurement {

  private static final int SECONDS = Integer.getInteger("measure.seconds", 15);

  private static void print(String line, Object... values) {
    System.out.println("MEASURED " + String.format(Locale.ROOT, line, values));
  }

  /** Pods that are only imitated, at rates that grow until the API server does not follow. */
  @ParameterizedTest
  @CsvSource({
    "1000, 3, 400",
    "1000, 10, 400",
    "1000, 30, 200",
    "1000, 100, 100",
    "10000, 100, 100"
  })
  void imitatedPods(int resources, int pods, int most) {
    String namespace = KubernetesApi.shared().newNamespace();
    try (StatusWriters writers =
        new StatusWriters(KubernetesApi.shared(), namespace, resources, pods)) {
      for (int rate = pods == 100 ? 25 : 50; rate <= most; rate *= 2) {
        print("%s", writers.run(rate, SECONDS));
      }
    }
  }

  /** Services with streams that are on their way. */
  @ParameterizedTest
  @CsvSource({"1000, 3", "1000, 10"})
  void services(int streams, int pods) throws Exception {
    List<AutoCloseable> open = new ArrayList<>();
    try (ClusterRig rig = new ClusterRig();
        WatchedResources resources = new WatchedResources(rig.api.kubeConfig(), rig.namespace)) {
      List<OwnService> services = new ArrayList<>();
      for (int i = 0; i < pods; i++) {
        services.add(
            rig.pod(
                "sluice-" + i,
                "sluice.kubernetes.lease-duration=15s",
                "sluice.kubernetes.status-interval=5s",
                "sluice.nbd.max-connections-per-address=1024"));
      }
      List<String> all = new ArrayList<>();
      for (int i = 0; i < streams; i++) {
        all.add(
            ClusterRig.resource(
                "export-" + i,
                "direction: write, size: 1M, headWindow: 0, pod: sluice-%d, path: %s"
                    .formatted(i % pods, services.get(i % pods).root().resolve("export-" + i))));
      }
      long asked = System.nanoTime();
      ApiServerUse before = ApiServerUse.now();
      rig.api.apply(rig.namespace, String.join("---\n", all), "--server-side").assertSucceeded();
      Awaitility.await()
          .atMost(5, TimeUnit.MINUTES)
          .until(
              () -> resources.count(one -> WatchedResources.is(one, Conditions.READY)) == streams);
      print(
          "%d streams %d services: all Ready after %.1f s, %s",
          streams, pods, (System.nanoTime() - asked) / 1e9, ApiServerUse.now().since(before));
      List<RawNbdClient> clients = new ArrayList<>();
      for (StreamExport resource : resources.all()) {
        int pod =
            Integer.parseInt(Objects.requireNonNull(resource.known().owner()).pod().substring(7));
        open.add(
            new RandomAccessFile(services.get(pod).root().resolve(resource.name()).toFile(), "rw"));
        URI uri = URI.create(Objects.requireNonNull(resource.known().uris()).getFirst());
        RawNbdClient client =
            RawNbdClient.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
        open.add(client);
        client.go(resource.name());
        clients.add(client);
      }
      int round = pass(clients, 0, 1); // a pipe holds 64 KiB, and nobody reads
      for (int part = 0; part < 3; part++) {
        long events = resources.events();
        long lists = requests("LIST");
        ApiServerUse begin = ApiServerUse.now();
        round = pass(clients, round, SECONDS);
        ApiServerUse end = ApiServerUse.now();
        print(
            "%d streams %d services: %.0f writes/s, %d lists, %s",
            streams,
            pods,
            (resources.events() - events) / ((end.nanos() - begin.nanos()) / 1e9),
            requests("LIST") - lists,
            end.since(begin));
      }
      for (AutoCloseable one : open) {
        one.close();
      }
    }
  }

  /** Has each stream move on every two seconds or so. */
  private static int pass(List<RawNbdClient> clients, int round, int seconds)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    int now = round;
    do {
      long next = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
      for (RawNbdClient client : clients) {
        client.write(now * 512L, new byte[512]);
      }
      now++;
      TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
    } while (System.nanoTime() < until);
    return now;
  }

  /** What a pod needs that knows of many exports of others. */
  @Test
  void oneOfManyPods() throws Exception {
    int count = 10_000;
    try (ClusterRig rig = new ClusterRig();
        OwnService _ = OwnService.with("sluice.exports.store=none");
        StatusWriters writers = new StatusWriters(rig.api, rig.namespace, count, 1)) {
      long first = heap();
      try (OwnService _ = OwnService.with("sluice.exports.store=none")) {
        long second = heap();
        follow("no pod", writers);
        rig.pod("sluice-0", "sluice.kubernetes.lease-duration=10m");
        TimeUnit.SECONDS.sleep(SECONDS);
        print(
            "%d resources: %d kB of heap more than a service that knows of none",
            count, (heap() - second - (second - first)) >> 10);
        follow("one pod", writers);
      }
    }
  }

  private static void follow(String who, StatusWriters writers) throws InterruptedException {
    for (int rate : new int[] {50, 50, 100, 100}) {
      double before = cpu();
      long lists = requests("LIST");
      long waiters = requests("WATCH");
      String line = writers.run(rate, SECONDS);
      print(
          "%s: this process, with what writes, %.2f cores; %d lists, %d waiters; %s",
          who,
          (cpu() - before) / SECONDS,
          requests("LIST") - lists,
          requests("WATCH") - waiters,
          line);
    }
  }

  /** How many requests for resources the API server has answered that are such. */
  private static long requests(String verb) {
    return KubernetesApi.shared()
        .kubectl("get", "--raw", "/metrics")
        .output()
        .lines()
        .filter(line -> line.startsWith("apiserver_request_total{"))
        .filter(line -> line.contains("\"streamexports\"") && line.contains('"' + verb + '"'))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  private static double cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
  }

  private static long heap() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      TimeUnit.MILLISECONDS.sleep(200);
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
