package dev.sluice.testing;

import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An OpenTelemetry collector on loopback that keeps what it is sent over HTTP. */
public final class Collector implements AutoCloseable {

  /** What a collector does with a request. */
  public enum Manner {
    /** Takes it and says so. */
    ANSWERS,
    /** Never says anything. */
    HANGS,
    /** Begins an answer that never ends. */
    HANGS_WITHIN_ITS_ANSWER
  }

  private static final String TRACES = "/v1/traces";
  private static final String METRICS = "/v1/metrics";

  private final Manner manner;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<Span> spans = new CopyOnWriteArrayList<>();
  private final List<List<Metric>> pushes = new CopyOnWriteArrayList<>();

  private Collector(Manner manner) throws IOException {
    this.manner = manner;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::take);
    server.start();
  }

  public static Collector start(Manner manner) throws IOException {
    return new Collector(manner);
  }

  /** Where it takes traces. */
  public String traces() {
    return uri(TRACES);
  }

  /** Where it takes metrics. */
  public String metrics() {
    return uri(METRICS);
  }

  private String uri(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  /** The spans that came, in their order. */
  public List<Span> spans() {
    return spans;
  }

  /** All metrics, each time they came. */
  public List<List<Metric>> pushes() {
    return pushes;
  }

  /** Attributes of a span or an event as text. */
  public static Map<String, String> attributes(List<KeyValue> attributes) {
    Map<String, String> texts = new TreeMap<>();
    for (KeyValue attribute : attributes) {
      texts.put(
          attribute.getKey(),
          attribute.getValue().hasIntValue()
              ? Long.toString(attribute.getValue().getIntValue())
              : attribute.getValue().getStringValue());
    }
    return texts;
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      keep(exchange.getRequestURI().getPath(), exchange.getRequestBody().readAllBytes());
      if (manner == Manner.HANGS) {
        closed.await();
      }
      exchange.sendResponseHeaders(200, manner == Manner.ANSWERS ? -1 : 8);
      if (manner == Manner.HANGS_WITHIN_ITS_ANSWER) {
        exchange.getResponseBody().flush();
        closed.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void keep(String path, byte[] body) throws InvalidProtocolBufferException {
    switch (path) {
      case TRACES ->
          ExportTraceServiceRequest.parseFrom(body).getResourceSpansList().stream()
              .flatMap(resource -> resource.getScopeSpansList().stream())
              .forEach(scope -> spans.addAll(scope.getSpansList()));
      case METRICS ->
          pushes.add(
              ExportMetricsServiceRequest.parseFrom(body).getResourceMetricsList().stream()
                  .flatMap(resource -> resource.getScopeMetricsList().stream())
                  .flatMap(scope -> scope.getMetricsList().stream())
                  .toList());
      default -> throw new AssertionError("expected traces or metrics: " + path);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
