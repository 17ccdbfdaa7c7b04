package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The REST API of exports as a script uses it. */
public final class ExportsApi implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final URI exports;
  private final String token;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(LIMIT).build();

  public ExportsApi(int port) {
    this(port, "");
  }

  /** That of a service that asks for a bearer token. */
  public ExportsApi(int port, String token) {
    exports = URI.create("http://127.0.0.1:" + port + "/exports");
    this.token = token;
  }

  /** What Prometheus gets now. */
  public Scrape scrape() {
    return Scrape.of(exports.getPort(), token);
  }

  /** Another resource of the service. */
  public URI resolve(String path) {
    return exports.resolve(path);
  }

  /**
   * Makes an export.
   *
   * @param size the declared size in bytes, or null for none
   * @param more other fields of the request; they win over those given here
   */
  public ExportDocument create(
      String name, Path path, String direction, Long size, Map<String, ?> more) {
    Map<String, Object> body = new HashMap<>();
    body.put("name", name);
    body.put("path", path.toString());
    body.put("direction", direction);
    if (size != null) {
      body.put("size", size);
    }
    body.putAll(more);
    return JSON.readValue(post(body, 201), ExportDocument.class);
  }

  /** Asks for an export that is refused with this status; returns what is wrong in words. */
  public String refused(Path path, String direction, int status) {
    return JSON.readTree(post(Map.of("path", path.toString(), "direction", direction), status))
        .get("detail")
        .stringValue();
  }

  private String post(Map<String, ?> body, int status) {
    HttpResponse<String> response =
        send(
            HttpRequest.newBuilder(exports)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    return response.body();
  }

  public ExportDocument get(String name) {
    HttpResponse<String> response = send(HttpRequest.newBuilder(of(name)));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readValue(response.body(), ExportDocument.class);
  }

  /** All exports. */
  public List<ExportDocument> list() {
    HttpResponse<String> response = send(HttpRequest.newBuilder(exports));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readValue(response.body(), Listing.class).exports();
  }

  private record Listing(List<ExportDocument> exports) {}

  /** What a path answers, with status 200. */
  public JsonNode read(String path) {
    HttpResponse<String> response = send(HttpRequest.newBuilder(resolve(path)));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  /** The status code of a GET, for example of {@code /readyz}. */
  public int statusOf(String path) {
    return send(HttpRequest.newBuilder(resolve(path))).statusCode();
  }

  /** Waits until an export is as expected. */
  public ExportDocument await(String name, Predicate<ExportDocument> expected) {
    AtomicReference<ExportDocument> last = new AtomicReference<>();
    Awaitility.await()
        .alias("export " + name)
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              last.set(get(name));
              return last.get();
            },
            expected);
    return last.get();
  }

  /** Waits until an export is in a state. */
  public ExportDocument awaitState(String name, String state) {
    return await(name, export -> export.state().equals(state));
  }

  /** Ends an export as complete; the body may be empty. */
  public ExportDocument finish(String name, String body) {
    HttpResponse<String> response =
        send(
            HttpRequest.newBuilder(URI.create(of(name) + "/finish"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readValue(response.body(), ExportDocument.class);
  }

  /** Changes fields of an export. */
  public ExportDocument patch(String name, Map<String, ?> fields) {
    HttpResponse<String> response =
        send(
            HttpRequest.newBuilder(of(name))
                .header("Content-Type", "application/json")
                .method(
                    "PATCH", HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(fields))));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readValue(response.body(), ExportDocument.class);
  }

  /** The status code of an export's deletion. */
  public int delete(String name, boolean force) {
    URI uri = URI.create(of(name) + (force ? "?force=true" : ""));
    return send(HttpRequest.newBuilder(uri).DELETE()).statusCode();
  }

  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }

  private URI of(String name) {
    return URI.create(exports + "/" + name);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      return http.send(request.timeout(LIMIT).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
