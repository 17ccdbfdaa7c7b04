package dev.sluice.api.data;

import dev.sluice.access.http.ProxyValve;
import dev.sluice.access.http.RawConnection;
import dev.sluice.access.http.RequestBody;
import dev.sluice.api.ExportView;
import dev.sluice.api.ExportViews;
import dev.sluice.api.StreamedResponse;
import dev.sluice.api.problem.ProblemException;
import dev.sluice.api.problem.ProblemType;
import dev.sluice.api.request.Flag;
import dev.sluice.endpoint.InnerPipe;
import dev.sluice.export.Export;
import dev.sluice.export.ExportRegistry;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamStatus;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/** The data of exports whose peer comes by HTTP. */
@RestController
class DataController {

  private final ExportRegistry registry;
  private final DataStreams streams;
  private final ExportViews views;

  DataController(ExportRegistry registry, DataStreams streams, ExportViews views) {
    this.registry = registry;
    this.streams = streams;
    this.views = views;
  }

  /**
   * Sends the bytes that clients write, from the first to the last. HEAD returns the headers only.
   */
  @GetMapping({"/exports/{name}/data", "/exports/{name}/data/"})
  DeferredResult<ResponseEntity<Void>> get(
      @PathVariable String name,
      @RequestParam(required = false) @Nullable String confirm,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    Export export = registry.named(name);
    InnerPipe data = require(export, Direction.WRITE);
    requireWhole(request);
    boolean toBeConfirmed = confirm != null && Flag.isTrue("confirm", confirm);
    DeferredResult<ResponseEntity<Void>> result = new DeferredResult<>(0L);
    if (request.getMethod().equals(HttpMethod.HEAD.name())) {
      DownloadAnswer.addHeaders(response, export);
      OptionalLong size = export.stream().settings().size();
      size.ifPresent(response::setContentLengthLong);
      result.setResult(ResponseEntity.ok().build());
      return result;
    }
    requireDirect(request, toBeConfirmed);
    String te = request.getHeader(HttpHeaders.TE);
    DownloadAnswer answer =
        new DownloadAnswer(response, result, te != null && te.contains("trailers"), toBeConfirmed);
    begin(export, data, (pipe, connection) -> new Download(export, pipe, connection, answer));
    return result;
  }

  /**
   * Takes the bytes that clients read, until the body ends. Responds when the stream has ended:
   * with the export, or with the reason why it is not COMPLETED.
   */
  @RequestMapping(
      path = {"/exports/{name}/data", "/exports/{name}/data/"},
      method = {RequestMethod.PUT, RequestMethod.POST})
  DeferredResult<ResponseEntity<ExportView>> put(
      @PathVariable String name, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Export export = registry.named(name);
    InnerPipe data = require(export, Direction.READ);
    StreamedResponse.requireVersion(request);
    requireFits(export, request.getContentLengthLong());
    DeferredResult<ResponseEntity<ExportView>> result = new DeferredResult<>(0L);
    RequestBody body = RequestBody.current();
    response.setHeader(HttpHeaders.CONNECTION, "close");
    begin(
        export,
        data,
        (pipe, connection) ->
            new Upload(
                export,
                registry.changes(),
                pipe,
                connection,
                body,
                problem -> {
                  if (problem == null) {
                    result.setResult(ResponseEntity.ok(views.whole(export)));
                  } else {
                    result.setErrorResult(problem);
                  }
                }));
    return result;
  }

  /** Refuses a body of a wrong length before any of it can break the stream. */
  private static void requireFits(Export export, long length) {
    OptionalLong size = export.stream().settings().size();
    boolean excess = export.stream().settings().assurances().acceptExcess();
    if (length >= 0 && size.isPresent() && length != size.getAsLong()) {
      if (length < size.getAsLong() || !excess) {
        throw new ProblemException(
            ProblemType.WRONG_LENGTH,
            "the body has %d bytes; expected %d, the size of the export"
                .formatted(length, size.getAsLong()));
      }
    }
  }

  private interface Carrier {
    Runnable of(InnerPipe.FarEnd pipe, RawConnection connection);
  }

  private void begin(Export export, InnerPipe data, Carrier carrier) throws IOException {
    InnerPipe.FarEnd pipe = data.meet().orElseThrow(() -> taken(export));
    RawConnection connection = null;
    boolean begun = false;
    try {
      connection = RawConnection.current();
      if (!streams.start(export.id(), carrier.of(pipe, connection))) {
        throw new ProblemException(
            ProblemType.TOO_MANY_REQUESTS,
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

  static InnerPipe require(Export export, Direction direction) {
    InnerPipe data = export.data();
    if (data == null) {
      throw refused("the export's peer uses a file; expected an export with {\"peer\": \"http\"}");
    }
    if (export.stream().direction() != direction) {
      throw refused(
          "the direction of the export is %s; expected PUT to give what clients read, and GET to take what they write"
              .formatted(export.stream().direction().text()));
    }
    return data;
  }

  private static ProblemException taken(Export export) {
    StreamStatus status = export.status();
    return status.state().ended()
        ? new ProblemException(ProblemType.STREAM_ENDED, "the export has ended: " + status.state())
        : refused("the export has a peer, or had one; expected one for each export");
  }

  /**
   * Refuses a request for a range: its sender would break the stream on finding that it gets the
   * whole.
   */
  private static void requireWhole(HttpServletRequest request) {
    StreamedResponse.requireVersion(request);
    if (request.getHeader(HttpHeaders.RANGE) != null) {
      throw new ProblemException(
          ProblemType.NO_RANGES,
          "a stream has no ranges, and can be sent once; expected no header Range");
    }
  }

  /**
   * Refuses a request through a proxy unless the data is to be confirmed. A proxy can take
   * everything, close its connection, and lose the data.
   */
  private static void requireDirect(HttpServletRequest request, boolean toBeConfirmed) {
    String proxy = ProxyValve.trace(request);
    if (proxy != null && !toBeConfirmed) {
      throw refused(
          "the request came through a proxy (it has %s), so nobody would know what became of the data; expected ?confirm=true, and a POST to …/data/confirm when everything is there"
              .formatted(proxy));
    }
  }

  private static ProblemException refused(String detail) {
    return new ProblemException(ProblemType.DATA_REFUSED, detail);
  }
}
