package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Somebody who sends requests to the REST API, with a token or without one, and looks at the
 * answers. {@link ExportsApi} is for those who expect that all goes well.
 */
public final class RestClient {

  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final JsonMapper JSON = new JsonMapper();
  private static final HttpClient SHARED = newHttpClient();

  private final HttpClient http;
  private final URI base;
  private final Path root;
  private final String token;

  private RestClient(HttpClient http, URI base, Path root, String token) {
    this.http = http;
    this.base = base;
    this.root = root;
    this.token = token;
  }

  /** That of a service without tokens. */
  public RestClient(int port) {
    this(SHARED, port, "");
  }

  RestClient(HttpClient http, int port, String token) {
    this(http, URI.create("http://127.0.0.1:" + port + "/"), Path.of("/"), token);
  }

  /** Somebody with a token. */
  public static RestClient of(Sluice sluice, String token) {
    return new RestClient(SHARED, sluice.api().resolve("/"), sluice.root(), token);
  }

  /** Somebody with a token, who trusts a service that encrypts. */
  public static RestClient of(SSLContext trust, int port, String token) {
    HttpClient http = HttpClient.newBuilder().sslContext(trust).connectTimeout(LIMIT).build();
    URI base = URI.create("https://localhost:" + port + "/");
    return new RestClient(http, base, Path.of("/"), token);
  }

  /** Somebody without one. */
  public static RestClient anonymous(Sluice sluice) {
    return of(sluice, "");
  }

  static HttpClient newHttpClient() {
    return HttpClient.newBuilder().connectTimeout(LIMIT).build();
  }

  /** An answer. */
  public record Answer(int status, HttpHeaders headers, String body) {

    /** What says that it is JSON has to be that. */
    public Answer {
      if (headers.firstValue("Content-Type").orElse("").contains("json")) {
        JSON.readTree(body);
      }
    }

    public String header(String name) {
      return headers.firstValue(name).orElse("");
    }

    /** The body; a missing node where there is none. */
    public JsonNode json() {
      return JSON.readTree(body);
    }

    /** A field of the body that is text. */
    public String text(String field) {
      return json().get(field).stringValue();
    }

    /** What a problem says in words. */
    public String detail() {
      return text("detail");
    }

    /** Expects a status; returns this answer. */
    Answer with(int expected) {
      assertThat(status).as(body).isEqualTo(expected);
      return this;
    }
  }

  public Answer get(String path) {
    return send("GET", path, "");
  }

  public Answer delete(String path) {
    return send("DELETE", path, "");
  }

  /** Asks for an export. */
  public Answer post(String body) {
    return send("POST", "/exports", body);
  }

  public Answer post(String path, String body) {
    return send("POST", path, body);
  }

  /** Asks for an export whose endpoint has its name, in the service's folder. */
  public Answer create(String name) {
    return post(
        """
        {"name": "%s", "path": "%s", "direction": "write"}\
        """
            .formatted(name, root.resolve(name)));
  }

  /** Sends a request; a body is JSON. */
  public Answer send(String method, String path, String body) {
    HttpRequest.Builder request = request(path);
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    return send(request, method, body);
  }

  /** A request that can be given headers before it is sent. */
  public HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(LIMIT);
    return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
  }

  public Answer send(HttpRequest.Builder request, String method, String body) {
    return send(request, method, BodyPublishers.ofString(body));
  }

  public Answer send(HttpRequest.Builder request, String method, HttpRequest.BodyPublisher body) {
    try {
      HttpResponse<String> response =
          http.send(request.method(method, body).build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.headers(), response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
