package dev.sluice.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A subscriber to events, who reads them as they come. */
public final class EventReader implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient http = RestClient.newHttpClient();
  private final HttpResponse<InputStream> response;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private volatile int heartbeats;

  /** An event, or a comment, which has no type. */
  public record Event(String id, String type, JsonNode data) {

    /** Its type, and what it says of the export: for example {@code export vm1 WAITING}. */
    public String text() {
      return "%s %s %s"
          .formatted(type, data.path("name").asString(), data.path("state").asString());
    }
  }

  /** Subscribes, and knows everything up to an event if its id is not empty. */
  public EventReader(int port, String path, String lastId) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Accept", "text/event-stream");
    if (!lastId.isEmpty()) {
      request.header("Last-Event-ID", lastId);
    }
    try {
      response = http.send(request.build(), BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    Thread.startVirtualThread(this::read);
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      String id = "";
      String type = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("id: ")) {
          id = line.substring("id: ".length());
        } else if (line.startsWith("event: ")) {
          type = line.substring("event: ".length());
        } else if (line.startsWith("data: ")) {
          events.add(new Event(id, type, JSON.readTree(line.substring("data: ".length()))));
        } else if (line.equals(":")) {
          heartbeats++;
        }
      }
      end.complete(null);
    } catch (IOException e) {
      end.completeExceptionally(e);
    }
  }

  public HttpResponse<InputStream> response() {
    return response;
  }

  /** The next event, whatever it is. */
  public Event next() throws InterruptedException {
    Event next = events.poll(20, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("there was no event");
    }
    return next;
  }

  /** The next event that is not about counters, as a text. */
  public String nextState() throws InterruptedException {
    Event next = next();
    while (next.type().equals("progress")) {
      next = next();
    }
    return next.text();
  }

  /** Whether an event has come that nobody has taken. */
  public boolean hasMore() {
    return !events.isEmpty();
  }

  public int heartbeats() {
    return heartbeats;
  }

  /** Is done when the response has ended properly, and exceptionally if it was cut off. */
  public CompletableFuture<Void> end() {
    return end;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
