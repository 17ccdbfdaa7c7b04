package dev.sluice.api.data;

import dev.sluice.access.http.RawConnection;
import dev.sluice.api.problem.ProblemException;
import dev.sluice.endpoint.InnerPipe;
import dev.sluice.export.Export;
import dev.sluice.export.ExportRegistry;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamStatus;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.OptionalLong;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/** The data of exports whose peer comes by HTTP. */
@RestController
class DataController {

  private static final String ONLY_VERSION = "HTTP/1.1";

  private final ExportRegistry registry;
  private final DataStreams streams;

  DataController(ExportRegistry registry, DataStreams streams) {
    this.registry = registry;
    this.streams = streams;
  }

  /** Sends what clients write, from the first byte to the last; HEAD tells what that will be. */
  @GetMapping({"/exports/{name}/data", "/exports/{name}/data/"})
  DeferredResult<ResponseEntity<Void>> get(
      @PathVariable String name, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Export export = registry.named(name);
    InnerPipe data = require(export, Direction.WRITE);
    requireWhole(request);
    DeferredResult<ResponseEntity<Void>> result = new DeferredResult<>(0L);
    if (request.getMethod().equals(HttpMethod.HEAD.name())) {
      DownloadAnswer.addHeaders(response, export);
      OptionalLong size = export.stream().settings().size();
      size.ifPresent(response::setContentLengthLong);
      result.setResult(ResponseEntity.ok().build());
      return result;
    }
    String te = request.getHeader(HttpHeaders.TE);
    DownloadAnswer answer =
        new DownloadAnswer(response, result, te != null && te.contains("trailers"));
    begin(export, data, answer, response);
    return result;
  }

  private void begin(
      Export export, InnerPipe data, DownloadAnswer answer, HttpServletResponse response)
      throws IOException {
    InnerPipe.FarEnd pipe = data.meet().orElseThrow(() -> taken(export));
    RawConnection connection = null;
    boolean begun = false;
    try {
      connection = RawConnection.current();
      if (!streams.start(export.id(), new Download(export, pipe, connection, answer))) {
        response.setHeader(HttpHeaders.RETRY_AFTER, "1");
        throw new ProblemException(
            HttpStatus.TOO_MANY_REQUESTS,
            "%d peers have data streams, and sluice.exports.data-streams permits no more"
                .formatted(streams.limit()));
      }
      begun = true;
    } finally {
      if (!begun) {
        pipe.close();
        if (connection != null) {
          connection.leave();
        }
      }
    }
  }

  private static InnerPipe require(Export export, Direction direction) {
    InnerPipe data = export.data();
    if (data == null) {
      throw refused("the export's peer uses a file; expected an export with {\"peer\": \"http\"}");
    }
    if (export.stream().direction() != direction) {
      throw refused(
          "the direction of the export is %s; expected PUT to give what clients read, and GET to take what they write"
              .formatted(export.stream().direction().name().toLowerCase(Locale.ROOT)));
    }
    return data;
  }

  private static ProblemException taken(Export export) {
    StreamStatus status = export.stream().status();
    return status.state().ended()
        ? refused("the export has ended: " + status.state())
        : refused("the export has a peer, or had one; expected one for each export");
  }

  /** Whoever wants another part than the whole would break the stream when it finds that out. */
  private static void requireWhole(HttpServletRequest request) {
    if (!request.getProtocol().equals(ONLY_VERSION)) {
      throw new ProblemException(
          HttpStatus.HTTP_VERSION_NOT_SUPPORTED,
          "the request came by %s; expected %s".formatted(request.getProtocol(), ONLY_VERSION));
    }
    if (request.getHeader(HttpHeaders.RANGE) != null) {
      throw new ProblemException(
          HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
          "a stream has no ranges, and can be sent once; expected no header Range");
    }
  }

  private static ProblemException refused(String detail) {
    return new ProblemException(HttpStatus.CONFLICT, detail);
  }
}
