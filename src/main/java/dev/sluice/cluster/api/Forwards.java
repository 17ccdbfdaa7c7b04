package dev.sluice.cluster.api;

import dev.sluice.api.problem.ProblemException;
import dev.sluice.api.problem.ProblemType;
import dev.sluice.cluster.KubernetesProperties;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * Passes requests on to other pods, with the caller's token, so that the pod which has an export
 * decides what the caller may do with it.
 */
final class Forwards {

  /** A request that has this header is not passed on again. */
  static final String FORWARDED_BY = "Sluice-Forwarded-By";

  /** More than any export has to say. */
  static final int MOST_BYTES = 1 << 20;

  /** Between two looks at whether client and pod are still there. */
  private static final long LOOK_MILLIS = 2000;

  private static final List<String> TOLD =
      List.of(
          HttpHeaders.CONTENT_TYPE,
          HttpHeaders.ETAG,
          HttpHeaders.RETRY_AFTER,
          HttpHeaders.LOCATION,
          HttpHeaders.ALLOW,
          HttpHeaders.ACCEPT,
          "Accept-Patch",
          HttpHeaders.WWW_AUTHENTICATE);

  private final Supplier<HttpClient> http;
  private final KubernetesProperties properties;
  private final Predicate<Owner> isOver;

  /**
   * Passes requests on by this client.
   *
   * @param isOver whether an owner is not to be waited for any more
   */
  Forwards(Supplier<HttpClient> http, KubernetesProperties properties, Predicate<Owner> isOver) {
    this.http = http;
    this.properties = properties;
    this.isOver = isOver;
  }

  /**
   * Passes a request on.
   *
   * @param api where that pod's REST API is, by its Lease
   */
  Reply.Answer pass(Asking asking, URI api, Owner owner) throws InterruptedException {
    return send(
        asking,
        asking.method(),
        target(asking.path(), asking.query(), asking.ticket(), api),
        asking.body(),
        owner);
  }

  /** What a pod has to say of an export to whoever has sent this request. */
  Reply.Answer get(Asking asking, String name, URI api, Owner owner) throws InterruptedException {
    URI url = URI.create(base(api) + "/exports/" + name);
    return send(asking, "GET", url, Body.NONE, owner);
  }

  /** Where another pod has what a request is about; with the ticket that came along. */
  static URI target(ApiPath path, @Nullable String query, @Nullable String ticket, URI api) {
    StringBuilder url = new StringBuilder(base(api)).append(path.text());
    char separator = '?';
    if (query != null && !query.isEmpty()) {
      url.append(separator).append(query);
      separator = '&';
    }
    if (ticket != null) {
      url.append(separator).append("ticket=").append(ticket);
    }
    try {
      return URI.create(url.toString());
    } catch (IllegalArgumentException e) {
      throw new ProblemException(
          ProblemType.BAD_REQUEST,
          "the query of the request is none; expected '%' before two hexadecimal digits only");
    }
  }

  static String base(URI api) {
    return api.toString().replaceFirst("/$", "");
  }

  private Reply.Answer send(Asking asking, String method, URI url, Body body, Owner owner)
      throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .timeout(properties.answerWithin())
            .header(FORWARDED_BY, properties.pod())
            .method(
                method,
                body.isEmpty()
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(body.bytes()));
    asking.headers().forEach(request::header);
    CompletableFuture<HttpResponse<byte[]>> answer =
        http.get()
            .sendAsync(
                request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES));
    try {
      return reply(await(answer, asking, owner));
    } catch (ExecutionException e) {
      throw trouble(e, owner);
    } finally {
      answer.cancel(true);
    }
  }

  private HttpResponse<byte[]> await(
      CompletableFuture<HttpResponse<byte[]>> answer, Asking asking, Owner owner)
      throws InterruptedException, ExecutionException {
    long deadline = System.nanoTime() + properties.answerWithin().toNanos();
    while (true) {
      try {
        return answer.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (asking.client().hasGone()) {
          throw Problem.later("the client has gone");
        }
        if (isOver.test(owner)) {
          throw Problem.later(
              "the pod %s, or this one, gives no signs of life any more; try again"
                  .formatted(owner.pod()));
        }
        if (System.nanoTime() - deadline >= 0) {
          throw late(owner);
        }
      }
    }
  }

  private static ProblemException late(Owner owner) {
    return new ProblemException(
        ProblemType.NOT_IN_TIME,
        "the pod %s, which has the export, has not answered in time".formatted(owner.pod()));
  }

  private static ProblemException trouble(ExecutionException e, Owner owner) {
    Throwable why = e.getCause();
    if (why instanceof ConnectException || why instanceof HttpConnectTimeoutException) {
      return Problem.later(
          "the pod %s, which has the export, cannot be reached now; try again"
              .formatted(owner.pod()));
    }
    if (why instanceof HttpTimeoutException) {
      return late(owner);
    }
    if (why instanceof IOException) {
      return Problem.later(
          "the pod %s, which has the export, has not answered; look at the export, and try again"
              .formatted(owner.pod()));
    }
    throw new IllegalStateException(e);
  }

  private static Reply.Answer reply(HttpResponse<byte[]> answer) {
    Map<String, String> headers = new HashMap<>();
    for (String name : TOLD) {
      answer.headers().firstValue(name).ifPresent(value -> headers.put(name, value));
    }
    return new Reply.Answer(answer.statusCode(), headers, new Body(answer.body()));
  }
}
