package dev.sluice.access;

import dev.sluice.testing.Sluice;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Somebody who uses the REST API with a token, or without one. */
record Api(Sluice sluice, String token) {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** An answer, with a problem's detail if it is one. */
  record Answer(HttpResponse<String> response) {

    int status() {
      return response.statusCode();
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    String detail() {
      JsonNode problem = JsonMapper.shared().readTree(response.body());
      return problem.get("detail").stringValue();
    }
  }

  static Api anonymous(Sluice sluice) {
    return new Api(sluice, "");
  }

  Answer get(String path) {
    return send("GET", path, "");
  }

  Answer post(String path, String body) {
    return send("POST", path, body);
  }

  Answer create(String name) {
    return post(
        "/exports",
        """
        {"name": "%s", "path": "%s", "direction": "write"}"""
            .formatted(name, sluice.root().resolve(name)));
  }

  Answer delete(String path) {
    return send("DELETE", path, "");
  }

  Answer send(String method, String path, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(sluice.api().resolve(path))
            .timeout(Duration.ofSeconds(30))
            .method(method, BodyPublishers.ofString(body));
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      return new Answer(HTTP.send(request.build(), BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
