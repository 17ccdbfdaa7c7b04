package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Asks the health listener again and again, each time by a new connection, as a kubelet does. */
final class Prober {

  /** A kubelet's patience is a second, but it has a processor of its own. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration PAUSE = Duration.ofMillis(100);

  private final HttpRequest request;
  private final Thread thread = new Thread(this::probe, "prober");

  /** The thread's own until it has ended. */
  private final List<Long> millis = new ArrayList<>();

  private final List<String> failures = new ArrayList<>();

  private volatile boolean stopped;

  Prober(int port) {
    URI probe = URI.create("http://127.0.0.1:" + port + "/livez");
    request = HttpRequest.newBuilder(probe).timeout(PATIENCE).build();
  }

  void start() {
    thread.start();
  }

  void stop() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void probe() {
    try {
      while (!stopped) {
        long begun = System.nanoTime();
        try (HttpClient http = HttpClient.newHttpClient()) {
          int status = http.send(request, BodyHandlers.discarding()).statusCode();
          if (status != 200) {
            failures.add("status " + status);
          }
        } catch (IOException e) {
          failures.add(e.toString());
        }
        millis.add(Duration.ofNanos(System.nanoTime() - begun).toMillis());
        Thread.sleep(PAUSE.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void assertAllUp() {
    assertThat(millis).isNotEmpty();
    assertThat(failures).as("probes that failed, of %d", millis.size()).isEmpty();
  }

  @Override
  public String toString() {
    long most = millis.stream().mapToLong(Long::longValue).max().orElse(0);
    return "%d probes, the slowest after %d ms".formatted(millis.size(), most);
  }
}
