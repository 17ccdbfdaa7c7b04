package dev.sluice.api.events;

import dev.sluice.access.http.RawConnection;
import dev.sluice.api.ExportViews;
import dev.sluice.api.StreamedResponse;
import dev.sluice.api.problem.ProblemException;
import dev.sluice.api.problem.ProblemType;
import dev.sluice.export.ExportRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/** The events of exports, as Server-Sent Events (HTML, section 9.2). */
@RestController
class EventsController {

  private static final String LAST_ID = "Last-Event-ID";

  /** How many seconds a subscriber hears nothing where nothing happens. */
  private static final String HEARTBEAT = "Sluice-Heartbeat";

  private final ExportRegistry registry;
  private final ExportViews views;
  private final ExportEvents events;

  EventsController(ExportRegistry registry, ExportViews views, ExportEvents events) {
    this.registry = registry;
    this.views = views;
    this.events = events;
  }

  /** Sends the events of all exports until the client disconnects. */
  @GetMapping({"/exports/events", "/exports/events/"})
  DeferredResult<ResponseEntity<Void>> all(
      @RequestHeader(name = LAST_ID, required = false) @Nullable String lastId,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    return tell(null, lastId, request, response);
  }

  /**
   * Sends the events of one export until it has ended; 204 if the client was told of its end
   * before.
   */
  @GetMapping({"/exports/{name}/events", "/exports/{name}/events/"})
  DeferredResult<ResponseEntity<Void>> one(
      @PathVariable String name,
      @RequestHeader(name = LAST_ID, required = false) @Nullable String lastId,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    return tell(registry.get(name).id(), lastId, request, response);
  }

  private DeferredResult<ResponseEntity<Void>> tell(
      @Nullable String id,
      @Nullable String lastId,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    StreamedResponse.requireVersion(request);
    DeferredResult<ResponseEntity<Void>> result = new DeferredResult<>(0L);
    long known = known(lastId);
    if (id != null && events.board().isOver(id, known)) {
      result.setResult(ResponseEntity.noContent().build());
    } else if (request.getMethod().equals(HttpMethod.HEAD.name())) {
      addHeaders(response, events.heartbeat());
      result.setResult(ResponseEntity.ok().build());
    } else {
      subscribe(id, known, lastId != null, response, result);
    }
    return result;
  }

  /** Returns the version up to which the client was told; -1 if it cannot continue from there. */
  private long known(@Nullable String lastId) {
    String prefix = events.boot() + "-";
    if (lastId == null || !lastId.startsWith(prefix)) {
      return -1;
    }
    try {
      long known = Long.parseLong(lastId.substring(prefix.length()));
      return events.board().canGoOn(known) ? known : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private void subscribe(
      @Nullable String id,
      long known,
      boolean wasTold,
      HttpServletResponse response,
      DeferredResult<ResponseEntity<Void>> result)
      throws IOException {
    if (events.isClosed()) {
      throw new ProblemException(ProblemType.STOPPING, "the service is stopping");
    }
    String caller = views.rights().caller();
    String refusal = events.takePlace(caller);
    if (refusal != null) {
      throw new ProblemException(ProblemType.TOO_MANY_REQUESTS, refusal);
    }
    RawConnection connection = null;
    boolean begun = false;
    try {
      events.look(); // so that older changes are not sent as news
      connection = RawConnection.current();
      addHeaders(response, events.heartbeat());
      StreamedResponse.beginChunks(response);
      boolean goesOn = known >= 0;
      Board.Interest interest =
          new Board.Interest(
              id, views.rights().seesNames(), goesOn ? known : events.board().version());
      events.add(
          new Subscriber(
              connection,
              () -> {
                events.leavePlace(caller);
                result.setResult(ResponseEntity.ok().build());
              },
              events.boot(),
              interest,
              Math.max(0, known),
              wasTold && !goesOn,
              events.heartbeat()));
      begun = true;
    } finally {
      if (!begun) {
        events.leavePlace(caller);
        if (connection != null) {
          connection.leave();
        }
      }
    }
  }

  private static void addHeaders(HttpServletResponse response, Duration heartbeat) {
    response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
    response.setCharacterEncoding("UTF-8");
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    response.setHeader("X-Accel-Buffering", "no"); // otherwise nginx buffers events
    response.setHeader(HttpHeaders.CONNECTION, "close");
    response.setHeader(HEARTBEAT, Long.toString(heartbeat.toSeconds()));
  }
}
