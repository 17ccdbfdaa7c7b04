package dev.sluice.cli.remote;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Something else than a service, that answers every request with what it was told. */
final class OtherServer implements AutoCloseable {

  /** An answer, with names and values of headers. */
  record Reply(int status, String body, String... headers) {}

  private final HttpServer server;
  private final AtomicInteger requests = new AtomicInteger();
  private final List<String> tokens = new CopyOnWriteArrayList<>();

  private OtherServer(Function<String, Reply> replies) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          requests.getAndIncrement();
          tokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
          send(replies.apply(exchange.getRequestURI().getPath()), exchange);
        });
    server.start();
  }

  /** One that gives these answers in turn, and the last one from then on. */
  static OtherServer inTurn(Reply... replies) throws IOException {
    AtomicInteger next = new AtomicInteger();
    return new OtherServer(_ -> replies[Math.min(next.getAndIncrement(), replies.length - 1)]);
  }

  /** One whose answers depend on the path. */
  static OtherServer answering(Function<String, Reply> replies) throws IOException {
    return new OtherServer(replies);
  }

  /** One that always says the same. */
  static OtherServer answering(int status, String body, String... headers) throws IOException {
    return inTurn(new Reply(status, body, headers));
  }

  private static void send(Reply reply, HttpExchange exchange) throws IOException {
    for (int i = 0; i < reply.headers().length; i += 2) {
      exchange.getResponseHeaders().add(reply.headers()[i], reply.headers()[i + 1]);
    }
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** How many have come. */
  int requests() {
    return requests.get();
  }

  /** What has come as {@code Authorization} with each of them; "null" for nothing. */
  List<String> tokens() {
    return tokens;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
