package dev.sluice.api.data;

import dev.sluice.api.StreamedResponse;
import dev.sluice.export.Export;
import dev.sluice.stream.StreamSettings;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.context.request.async.DeferredResult;

/**
 * The response to a peer that gets the data. It can be a problem until the headers are sent; after
 * them comes the data.
 */
final class DownloadAnswer {

  private static final String DIGEST = "Repr-Digest";

  private final HttpServletResponse response;
  private final DeferredResult<ResponseEntity<Void>> result;
  private final boolean takesTrailers;
  private final boolean toBeConfirmed;

  /**
   * Creates a response that has not begun.
   *
   * @param takesTrailers whether the peer accepts trailers
   * @param toBeConfirmed whether the peer has announced a confirmation
   */
  DownloadAnswer(
      HttpServletResponse response,
      DeferredResult<ResponseEntity<Void>> result,
      boolean takesTrailers,
      boolean toBeConfirmed) {
    this.response = response;
    this.result = result;
    this.takesTrailers = takesTrailers;
    this.toBeConfirmed = toBeConfirmed;
  }

  boolean isToBeConfirmed() {
    return toBeConfirmed;
  }

  /** Sends the headers. The data has to follow in the returned frame. */
  DataFrame begin(Export export) throws IOException {
    StreamSettings settings = export.stream().settings();
    boolean trailer = settings.sha256() && (settings.size().isEmpty() || takesTrailers);
    addHeaders(response, export);
    if (settings.size().isPresent() && !trailer) {
      response.setContentLengthLong(settings.size().getAsLong());
      response.flushBuffer();
      return DataFrame.sized(settings.size().getAsLong());
    }
    if (trailer) {
      response.setHeader(HttpHeaders.TRAILER, DIGEST);
    }
    StreamedResponse.beginChunks(response);
    return DataFrame.chunked(trailer ? DIGEST : null);
  }

  /** Adds the headers of a response with data. */
  static void addHeaders(HttpServletResponse response, Export export) {
    response.setContentType(MediaType.APPLICATION_OCTET_STREAM_VALUE);
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    response.setHeader(HttpHeaders.ACCEPT_RANGES, "none");
    response.setHeader(
        HttpHeaders.CONTENT_DISPOSITION,
        ContentDisposition.attachment().filename(export.name()).build().toString());
    response.setHeader(HttpHeaders.CONNECTION, "close");
  }

  /** Responds with a problem. */
  void fail(Exception problem) {
    result.setErrorResult(problem);
  }

  /** Ends the request, after the connection is closed. */
  void end() {
    result.setResult(ResponseEntity.ok().build());
  }
}
