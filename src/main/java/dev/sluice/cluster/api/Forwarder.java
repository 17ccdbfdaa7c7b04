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
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;

/**
 * Forwards requests to other pods with the caller's token, so that the owner of an export
 * authorizes the caller.
 */
final class Forwarder {

  private static final Logger log = LoggerFactory.getLogger(Forwarder.class);

  /** Marks a forwarded request, which is never forwarded again. */
  static final String FORWARDED_BY = "Sluice-Forwarded-By";

  /** The largest response that is accepted, in bytes. */
  static final int MOST_BYTES = 1 << 20;

  /** How often to check that caller and owner are still there. */
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
   * Creates a forwarder.
   *
   * @param isOver whether to stop waiting for an owner, because it is lost
   */
  Forwarder(Supplier<HttpClient> http, KubernetesProperties properties, Predicate<Owner> isOver) {
    this.http = http;
    this.properties = properties;
    this.isOver = isOver;
  }

  /**
   * Forwards a request.
   *
   * @param api the URL of the owner's REST API, from its Lease
   */
  Reply.Answer pass(ApiCall call, URI api, Owner owner) throws InterruptedException {
    return send(
        call,
        call.method(),
        target(call.path(), call.query(), call.ticket(), api),
        call.body(),
        owner);
  }

  /** Gets an export from its owner on behalf of the caller. */
  Reply.Answer get(ApiCall call, String name, URI api, Owner owner) throws InterruptedException {
    URI url = URI.create(base(api) + "/exports/" + name);
    return send(call, "GET", url, Body.NONE, owner);
  }

  /** Returns the URL of a request at another pod, with the caller's ticket. */
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

  private Reply.Answer send(ApiCall call, String method, URI url, Body body, Owner owner)
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
    call.headers().forEach(request::header);
    CompletableFuture<HttpResponse<byte[]>> answer =
        http.get()
            .sendAsync(
                request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES));
    try {
      return reply(await(answer, call, owner));
    } catch (ExecutionException e) {
      throw trouble(e, owner);
    } finally {
      answer.cancel(true);
    }
  }

  private HttpResponse<byte[]> await(
      CompletableFuture<HttpResponse<byte[]>> answer, ApiCall call, Owner owner)
      throws InterruptedException, ExecutionException {
    long deadline = System.nanoTime() + properties.answerWithin().toNanos();
    while (true) {
      try {
        return answer.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (call.client().hasGone()) {
          throw ClusterProblems.later("the client has gone");
        }
        if (isOver.test(owner)) {
          throw ClusterProblems.later(
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
    if (why instanceof SSLHandshakeException) {
      log.warn(
          "The pod {} is not trusted, and was sent nothing: {}", owner.pod(), why.getMessage());
      return ClusterProblems.later(
          "the pod %s, which has the export, has no certificate that this one trusts, and was sent nothing; sluice.kubernetes.api-bundle has to have its authority"
              .formatted(owner.pod()));
    }
    if (why instanceof ConnectException || why instanceof HttpConnectTimeoutException) {
      return ClusterProblems.later(
          "the pod %s, which has the export, cannot be reached now; try again"
              .formatted(owner.pod()));
    }
    if (why instanceof HttpTimeoutException) {
      return late(owner);
    }
    if (why instanceof IOException) {
      return ClusterProblems.later(
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
