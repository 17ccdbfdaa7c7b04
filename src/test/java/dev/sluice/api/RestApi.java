package dev.sluice.api;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A user of the REST API. */
final class RestApi {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI base;

  RestApi(int port) {
    this.base = URI.create("http://127.0.0.1:" + port);
  }

  /** An answer; its JSON is a missing node when there is no body. */
  record Answer(int status, HttpHeaders headers, JsonNode json) {

    String header(String name) {
      return headers.firstValue(name).orElse("");
    }

    String text(String field) {
      return json.get(field).stringValue();
    }
  }

  Answer post(String body) {
    return send(request("/exports").header("Content-Type", "application/json"), "POST", body);
  }

  Answer get(String path) {
    return send(request(path), "GET", "");
  }

  Answer delete(String path) {
    return send(request(path), "DELETE", "");
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path)).timeout(TIMEOUT);
  }

  Answer send(HttpRequest.Builder request, String method, String body) {
    return send(request, method, BodyPublishers.ofString(body));
  }

  Answer send(HttpRequest.Builder request, String method, HttpRequest.BodyPublisher body) {
    try {
      HttpResponse<byte[]> response =
          client.send(request.method(method, body).build(), BodyHandlers.ofByteArray());
      return new Answer(response.statusCode(), response.headers(), JSON.readTree(response.body()));
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
