package dev.sluice.cli.remote.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * A client of a service's REST API. It follows no redirects, except those of a stream's data, so
 * that the token is sent to no other server. Whoever creates it closes it.
 */
public final class Service implements AutoCloseable {

  /** A thousand open exports and a thousand ended ones need a few megabytes. */
  private static final long MAX_ANSWER_BYTES = 64L << 20;

  private static final int SUCCESS = 200;
  private static final int REDIRECT = 300;
  private static final int CLIENT_ERROR = 400;
  private static final int SERVER_ERROR = 500;

  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient http;
  private final URI base;
  private final @Nullable String token;
  private final Duration timeout;
  private final Consumer<URI> tokenGoesTo;

  /**
   * A service.
   *
   * @param tokenGoesTo is told to which other server the token is sent, before that
   */
  Service(
      HttpClient http,
      URI base,
      @Nullable String token,
      Duration timeout,
      Consumer<URI> tokenGoesTo) {
    this.http = http;
    this.base = base;
    this.token = token;
    this.timeout = timeout;
    this.tokenGoesTo = tokenGoesTo;
  }

  /** Returns how long a request may take. */
  public Duration timeout() {
    return timeout;
  }

  /** Returns its base URL. */
  public URI base() {
    return base;
  }

  public Answer get(String path) {
    return send("GET", path, BodyPublishers.noBody());
  }

  /** Sends a POST request; without a body if it is null. */
  public Answer post(String path, @Nullable JsonNode body) {
    return send("POST", path, publisher(body));
  }

  public Answer patch(String path, JsonNode body) {
    return send("PATCH", path, publisher(body));
  }

  public Answer delete(String path) {
    return send("DELETE", path, BodyPublishers.noBody());
  }

  private static BodyPublisher publisher(@Nullable JsonNode body) {
    return body == null
        ? BodyPublishers.noBody()
        : BodyPublishers.ofString(JSON.writeValueAsString(body));
  }

  /** Returns the client that sends the requests. */
  HttpClient http() {
    return http;
  }

  private Answer send(String method, String path, BodyPublisher body) {
    HttpRequest.Builder request = request(path).method(method, body);
    if (body.contentLength() > 0) {
      request.header("Content-Type", "application/json");
    }
    HttpResponse<String> response = send(request.build());
    return answer(response, response.body());
  }

  HttpRequest.Builder request(String path) {
    return request(URI.create(base + path));
  }

  /** A request to where this service has sent it. */
  HttpRequest.Builder requestTo(URI target, boolean trusted) {
    if (token != null && !Redirection.isSameServer(base, target)) {
      if (!trusted) {
        throw ServiceException.distrusted(
            "%s says that the data is at %s; the token is sent there only with --location-trusted"
                .formatted(base, Redirection.server(target)));
      }
      tokenGoesTo.accept(target);
    }
    return request(target);
  }

  private HttpRequest.Builder request(URI uri) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).header("Accept", "application/json, application/problem+json");
    return token == null ? request : request.header("Authorization", "Bearer " + token);
  }

  /** Sends a request. The HTTP client's own timeout would not cover the response body. */
  private HttpResponse<String> send(HttpRequest request) {
    CompletableFuture<HttpResponse<String>> answer =
        http.sendAsync(
            request, BodyHandlers.limiting(_ -> BodySubscribers.ofString(UTF_8), MAX_ANSWER_BYTES));
    try {
      return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw ServiceException.unreachable(
          "%s has not answered within %d ms (--timeout)".formatted(base, timeout.toMillis()), e);
    } catch (ExecutionException e) {
      throw ServiceException.unreachable(Unreachable.text(base, e), e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw ServiceException.unreachable("the request was interrupted", e);
    }
  }

  /** What has been answered; throws if that is an error. */
  Answer answer(HttpResponse<?> response, String body) {
    int status = response.statusCode();
    JsonNode json = parse(body);
    if (status >= SUCCESS && status < REDIRECT && json != null) {
      return new Answer(status, body, json);
    }
    if (status >= CLIENT_ERROR && json != null && Refusal.isProblem(json)) {
      String after = response.headers().firstValue("Retry-After").orElse("");
      String text = Refusal.text(status, json, after);
      throw status < SERVER_ERROR
          ? ServiceException.refused(status, text)
          : ServiceException.unable(status, "%s cannot do it now: %s".formatted(base, text));
    }
    throw ServiceException.unable(
        status, Unreachable.foreign(base, status, response.headers(), body));
  }

  private static @Nullable JsonNode parse(String body) {
    if (body.isEmpty()) {
      return MissingNode.getInstance();
    }
    try {
      return JSON.readTree(body);
    } catch (JacksonException e) {
      return null;
    }
  }

  @Override
  public void close() {
    http.shutdownNow(); // nothing waits for requests that are still running
  }
}
