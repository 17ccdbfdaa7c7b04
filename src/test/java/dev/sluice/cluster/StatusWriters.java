package dev.sluice.cluster;

import dev.sluice.testing.KubernetesApi;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** As many pods as one wants, as the API server sees them: they write statuses, and watch all. */
final class StatusWriters implements AutoCloseable {

  /** How many writes of a pod may be without an answer. */
  private static final int MOST_WAITING = 50;

  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private final List<RawApi> pods = new ArrayList<>();
  private final String[] versions;
  private final long[] positions;
  private final LongAdder events = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder cuts = new LongAdder();
  private int next;
  private volatile boolean closed;

  /** Makes the resources, and has each pod watch them. */
  StatusWriters(KubernetesApi api, String namespace, int resources, int watching) {
    versions = new String[resources];
    positions = new long[resources];
    for (int i = 0; i < watching; i++) {
      pods.add(new RawApi(api, namespace, threads));
    }
    write(0, resources, /* perSecond= */ 100_000, new ConcurrentLinkedQueue<>(), true);
    write(0, resources, /* perSecond= */ 100_000, new ConcurrentLinkedQueue<>(), false);
    pods.forEach(this::watch);
  }

  /** Again and again: the server ends a watch that does not keep up. */
  private void watch(RawApi pod) {
    String last =
        Arrays.stream(versions).max(Comparator.comparingLong(Long::parseLong)).orElseThrow();
    pod.watch(last, events, bytes)
        .whenComplete(
            (_, _) -> {
              if (!closed) {
                cuts.increment();
                watch(pod);
              }
            });
  }

  /** Writes so many statuses in a second for so long; returns what came of it in a line. */
  String run(int perSecond, int seconds) {
    long eventsBefore = events.sum();
    long bytesBefore = bytes.sum();
    ConcurrentLinkedQueue<Long> latencies = new ConcurrentLinkedQueue<>();
    ApiServerUse before = ApiServerUse.now();
    write(next, perSecond * seconds, perSecond, latencies, false);
    next += perSecond * seconds;
    ApiServerUse after = ApiServerUse.now();
    long[] sorted = latencies.stream().mapToLong(Long::longValue).sorted().toArray();
    double took = (after.nanos() - before.nanos()) / 1e9;
    long heard = events.sum() - eventsBefore;
    return String.format(
        Locale.ROOT,
        "%6d resources %3d pods: %4d writes/s wanted, %6.1f done, median %5.1f ms, 99 %% %6.1f ms, %7.0f events/s of %d bytes, %d waiters cut, %d refused, %s, %5.2f ms CPU/write",
        versions.length,
        pods.size(),
        perSecond,
        sorted.length / took,
        sorted[sorted.length / 2] / 1e6,
        sorted[sorted.length * 99 / 100] / 1e6,
        heard / took,
        heard == 0 ? 0 : (bytes.sum() - bytesBefore) / heard,
        cuts.sumThenReset(),
        failed.sumThenReset(),
        after.since(before),
        (double) (after.apiCpu() - before.apiCpu()) / sorted.length);
  }

  private void write(
      int from, int count, int perSecond, ConcurrentLinkedQueue<Long> latencies, boolean create) {
    int permits = Math.min(MOST_WAITING * pods.size(), versions.length / 2);
    Semaphore waiting = new Semaphore(permits);
    long begin = System.nanoTime();
    try {
      for (int i = 0; i < count; i++) {
        long due = begin + i * 1_000_000_000L / perSecond;
        TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
        waiting.acquire();
        int one = (from + i) % versions.length;
        RawApi pod = pods.get(one % pods.size());
        String json = json(one);
        long sent = System.nanoTime();
        (create ? pod.create(json) : pod.writeStatus("export-" + one, json))
            .whenComplete(
                (version, failure) -> {
                  if (failure == null) {
                    versions[one] = version;
                    latencies.add(System.nanoTime() - sent);
                  } else {
                    failed.increment();
                  }
                  waiting.release();
                });
      }
      waiting.acquire(permits);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As a stream has it that is on its way. */
  private String json(int one) {
    positions[one] += 1 << 24;
    String version = versions[one] == null ? "" : ",\"resourceVersion\":\"" + versions[one] + "\"";
    String condition =
        "{\"type\":\"%s\",\"status\":\"%s\",\"reason\":\"Streaming\",\"message\":\"%s\",\"lastTransitionTime\":\"2026-01-01T00:00:00Z\",\"observedGeneration\":1}";
    return """
        {"apiVersion":"sluice.dev/v1alpha1","kind":"StreamExport","metadata":{"name":"export-%d","finalizers":["sluice.dev/export"]%s},\
        "spec":{"direction":"write","peer":"http","size":"100G","digest":"SHA-256","pod":"elsewhere"},\
        "status":{"observedGeneration":1,"phase":"STREAMING","position":%d,"size":107374182400,\
        "uris":["nbd://demo-sluice-0.demo-sluice-headless.streams.svc.cluster.local/export-%d"],\
        "dataUrl":"http://demo-sluice-0.demo-sluice-headless.streams.svc.cluster.local:8080/exports/export-%d/data",\
        "startTime":"2026-01-01T00:00:00.000Z",\
        "owner":{"pod":"demo-sluice-%d","podUID":"1f0e8c6a-0c6b-4b0e-9d0c-0a1b2c3d4e5f","instance":"0123456789abcdef"},\
        "conditions":[%s,%s,%s,%s]}}"""
        .formatted(
            one,
            version,
            positions[one],
            one,
            one,
            one % pods.size(),
            condition.formatted("Accepted", "True", "a pod has it"),
            condition.formatted("Ready", "True", "the client to write"),
            condition.formatted("Complete", "False", ""),
            condition.formatted("Failed", "False", ""));
  }

  @Override
  public void close() {
    closed = true;
    pods.forEach(RawApi::close);
    threads.shutdownNow();
  }
}
