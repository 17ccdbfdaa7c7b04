package dev.sluice.openapi;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Sends requests to a service before the eyes of a {@link Witness}. */
final class Caller {

  private final OwnService sluice;
  private final RestClient client;
  private final Witness witness;

  Caller(OwnService sluice, String token, Witness witness) {
    this.sluice = sluice;
    this.client = RestClient.of(sluice, token);
    this.witness = witness;
  }

  RestClient.Answer get(String path, String... headers) {
    return send("GET", path, "", headers);
  }

  RestClient.Answer post(String path, String json) {
    return send("POST", path, json);
  }

  /** Sends a request; a body is JSON unless a header says otherwise. */
  RestClient.Answer send(String method, String path, String body, String... headers) {
    HttpRequest.Builder request = client.request(path);
    if (!body.isEmpty() && !List.of(headers).contains("Content-Type")) {
      request.header("Content-Type", "application/json");
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    return witness.see(method, path, client.send(request, method, body));
  }

  /** Sends one that is answered later. */
  CompletableFuture<RestClient.Answer> later(String method, String path, String body) {
    return CompletableFuture.supplyAsync(() -> send(method, path, body))
        .orTimeout(30, TimeUnit.SECONDS);
  }

  /** Sends one by an old version of HTTP. */
  void sendByHttp10(String method, String path, String token) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), sluice.port())) {
      socket.setSoTimeout(30_000);
      String request =
          "%s %s HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n"
              .formatted(method, path, token);
      socket.getOutputStream().write(request.getBytes(UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
      String[] parts = answer.split("\r\n\r\n", 2);
      HttpHeaders headers =
          HttpHeaders.of(
              Map.of("Content-Type", List.of("application/problem+json")), (_, _) -> true);
      int status = Integer.parseInt(parts[0].split(" ")[1]);
      witness.see(method, path, new RestClient.Answer(status, headers, parts[1]));
    }
  }
}
