package dev.sluice.cluster.connection;

import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** The JDK's HTTP client, with WebSockets that notice when their connection is lost. */
final class PingingClient extends HttpClient {

  private final HttpClient client;
  private final Duration silence;
  private final ScheduledExecutorService timer;

  /**
   * Wraps a client.
   *
   * @param silence how long a WebSocket may stay without a message or a pong
   */
  PingingClient(HttpClient client, Duration silence) {
    this.client = client;
    this.silence = silence;
    ScheduledThreadPoolExecutor pings =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("cluster-pings").factory());
    pings.setRemoveOnCancelPolicy(true);
    pings.setKeepAliveTime(1, TimeUnit.SECONDS); // fabric8 closes no client, but its executor
    pings.allowCoreThreadTimeOut(true);
    timer = pings;
  }

  @Override
  public WebSocket.Builder newWebSocketBuilder() {
    return new Sockets(client.newWebSocketBuilder());
  }

  /** Builds WebSockets with pings. */
  private final class Sockets implements WebSocket.Builder {

    private final WebSocket.Builder builder;

    private Sockets(WebSocket.Builder builder) {
      this.builder = builder;
    }

    @Override
    public WebSocket.Builder header(String name, String value) {
      builder.header(name, value);
      return this;
    }

    @Override
    public WebSocket.Builder connectTimeout(Duration timeout) {
      builder.connectTimeout(timeout);
      return this;
    }

    @Override
    public WebSocket.Builder subprotocols(String mostPreferred, String... lesserPreferred) {
      builder.subprotocols(mostPreferred, lesserPreferred);
      return this;
    }

    @Override
    public CompletableFuture<WebSocket> buildAsync(URI uri, WebSocket.Listener listener) {
      PingedSocket socket = new PingedSocket(listener, timer, silence);
      return builder.buildAsync(uri, socket).thenApply(_ -> socket);
    }
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return client.cookieHandler();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return client.connectTimeout();
  }

  @Override
  public Redirect followRedirects() {
    return client.followRedirects();
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return client.proxy();
  }

  @Override
  public SSLContext sslContext() {
    return client.sslContext();
  }

  @Override
  public SSLParameters sslParameters() {
    return client.sslParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return client.authenticator();
  }

  @Override
  public Version version() {
    return client.version();
  }

  @Override
  public Optional<Executor> executor() {
    return client.executor();
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
      throws IOException, InterruptedException {
    return client.send(request, handler);
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> handler) {
    return client.sendAsync(request, handler);
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> handler, @Nullable PushPromiseHandler<T> promises) {
    return client.sendAsync(request, handler, promises);
  }

  @Override
  public void shutdown() {
    timer.shutdown();
    client.shutdown();
  }

  @Override
  public void shutdownNow() {
    timer.shutdownNow();
    client.shutdownNow();
  }

  @Override
  public boolean awaitTermination(Duration limit) throws InterruptedException {
    return client.awaitTermination(limit);
  }

  @Override
  public boolean isTerminated() {
    return client.isTerminated();
  }

  @Override
  public void close() {
    timer.shutdownNow();
    client.close();
  }
}
