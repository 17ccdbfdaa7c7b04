package dev.sluice.testing;

import java.net.URI;
import java.net.http.HttpClient;
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

/** The REST API of exports as a script uses it: what does not go as it should is an error. */
public final class ExportsApi implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final URI exports;
  private final String token;
  private final HttpClient http = RestClient.newHttpClient();
  private final RestClient client;

  public ExportsApi(int port) {
    this(port, "");
  }

  /** That of a service that asks for a bearer token. */
  public ExportsApi(int port, String token) {
    exports = URI.create("http://127.0.0.1:" + port + "/exports");
    this.token = token;
    client = new RestClient(http, port, token);
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
    Map<String, Object> body = new HashMap<>(more);
    body.putIfAbsent("path", path.toString());
    return create(name, direction, size, body);
  }

  /** Makes an export whose peer comes by HTTP. */
  public ExportDocument createForHttp(
      String name, String direction, Long size, Map<String, ?> more) {
    Map<String, Object> body = new HashMap<>(more);
    body.putIfAbsent("peer", "http");
    return create(name, direction, size, body);
  }

  private ExportDocument create(String name, String direction, Long size, Map<String, ?> more) {
    Map<String, Object> body = new HashMap<>();
    body.put("name", name);
    body.put("direction", direction);
    if (size != null) {
      body.put("size", size);
    }
    body.putAll(more);
    return export(client.post(JSON.writeValueAsString(body)).with(201));
  }

  /** Asks for an export that is refused with this status; returns what is wrong in words. */
  public String refused(Path path, String direction, int status) {
    String body = JSON.writeValueAsString(Map.of("path", path.toString(), "direction", direction));
    return client.post(body).with(status).detail();
  }

  private static ExportDocument export(RestClient.Answer answer) {
    return JSON.readValue(answer.body(), ExportDocument.class);
  }

  public ExportDocument get(String name) {
    return export(client.get(of(name)).with(200));
  }

  /** All exports. */
  public List<ExportDocument> list() {
    return JSON.readValue(client.get("/exports").with(200).body(), Listing.class).exports();
  }

  private record Listing(List<ExportDocument> exports) {}

  /** What a path answers, with status 200. */
  public JsonNode read(String path) {
    return client.get(path).with(200).json();
  }

  /** The status code of a GET, for example of {@code /readyz}. */
  public int statusOf(String path) {
    return client.get(path).status();
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
    return export(client.post(of(name) + "/finish", body).with(200));
  }

  /** Changes fields of an export. */
  public ExportDocument patch(String name, Map<String, ?> fields) {
    String body = JSON.writeValueAsString(fields);
    return export(client.send("PATCH", of(name), body).with(200));
  }

  /** The status code of an export's deletion. */
  public int delete(String name, boolean force) {
    return client.delete(of(name) + (force ? "?force=true" : "")).status();
  }

  private static String of(String name) {
    return "/exports/" + name;
  }

  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }
}
