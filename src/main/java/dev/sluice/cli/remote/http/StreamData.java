package dev.sluice.cli.remote.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The data of a stream. It may take as long as the stream does. Where the service says that another
 * one has it, that one is asked.
 */
public final class StreamData {

  private static final int MAX_PROBLEM_BYTES = 1 << 20;

  private final Service service;
  private final HttpClient http;
  private final String path;
  private final boolean trusted;

  /**
   * That of an export.
   *
   * @param path of the data
   * @param trusted whether another server may be sent the token, by the word of the service
   */
  public StreamData(Service service, String path, boolean trusted) {
    this.service = service;
    this.http = service.http();
    this.path = path;
    this.trusted = trusted;
  }

  /**
   * Copies it to somewhere; {@link #confirm} has to follow.
   *
   * @throws IOException when the connection has broken
   */
  public void download(OutputStream out) throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        ask(
            path + "?confirm=true",
            request -> http.send(request.GET().build(), BodyHandlers.ofInputStream()));
    try (InputStream body = response.body()) {
      if (response.statusCode() != HttpURLConnection.HTTP_OK) {
        service.answer(response, new String(body.readNBytes(MAX_PROBLEM_BYTES), UTF_8));
      }
      body.transferTo(out);
      out.flush();
    }
  }

  /** Says that all of it is there, and how many bytes that are. */
  public Answer confirm(long count) {
    return service.post(
        path + "/confirm", JsonNodeFactory.instance.objectNode().put("bytes", count));
  }

  /**
   * Sends what there is, to its end.
   *
   * @return what the service says of it in the end
   * @throws IOException when it cannot be read, or the connection has broken
   */
  public Answer upload(InputStream in) throws IOException, InterruptedException {
    HttpResponse<String> response =
        ask(
            path,
            request ->
                http.send(
                    request
                        .expectContinue(true) // or it would have been read for who does not take it
                        .PUT(BodyPublishers.ofInputStream(() -> in))
                        .build(),
                    BodyHandlers.ofString()));
    return service.answer(response, response.body());
  }

  private interface Request<T> {
    HttpResponse<T> send(HttpRequest.Builder request) throws IOException, InterruptedException;
  }

  private <T> HttpResponse<T> ask(String asked, Request<T> request)
      throws IOException, InterruptedException {
    HttpResponse<T> response = request.send(service.request(asked));
    Optional<URI> target = Redirection.of(response);
    if (target.isEmpty()) {
      return response;
    }
    HttpResponse<T> second = request.send(service.requestTo(target.get(), trusted));
    if (Redirection.of(second).isPresent()) {
      throw ServiceException.distrusted(
          "the data is not at %s any more, where %s says that it is; try again"
              .formatted(Redirection.server(target.get()), service.base()));
    }
    return second;
  }
}
