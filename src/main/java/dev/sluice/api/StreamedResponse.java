package dev.sluice.api;

import dev.sluice.api.problem.ProblemException;
import dev.sluice.api.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;

/** Responses that are sent as long as there is data. */
public final class StreamedResponse {

  private static final String ONLY_VERSION = "HTTP/1.1";

  private StreamedResponse() {}

  /**
   * Refuses a request with 505 unless it uses HTTP/1.1: other versions have no chunks, or other
   * ones.
   */
  public static void requireVersion(HttpServletRequest request) {
    if (!request.getProtocol().equals(ONLY_VERSION)) {
      throw new ProblemException(
          ProblemType.WRONG_HTTP_VERSION,
          "the request came by %s; expected %s".formatted(request.getProtocol(), ONLY_VERSION));
    }
  }

  /** Sends the headers. The chunks have to follow. */
  public static void beginChunks(HttpServletResponse response) throws IOException {
    response.setTrailerFields(Map::of); // otherwise no chunks on a connection that is to close
    response.flushBuffer();
  }
}
