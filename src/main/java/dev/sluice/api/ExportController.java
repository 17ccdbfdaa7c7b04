package dev.sluice.api;

import dev.sluice.api.live.Waits;
import dev.sluice.api.problem.Problems;
import dev.sluice.api.request.ChangeRequest;
import dev.sluice.api.request.FinishRequest;
import dev.sluice.api.request.Flag;
import dev.sluice.api.request.JsonBody;
import dev.sluice.api.request.RequestBytes;
import dev.sluice.export.Export;
import dev.sluice.export.ExportException;
import dev.sluice.export.ExportProperties;
import dev.sluice.export.ExportRegistry;
import dev.sluice.export.Finishes;
import dev.sluice.stream.Assurances;
import jakarta.servlet.http.HttpServletRequest;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/**
 * The REST API of exports. Errors are problems, see {@link Problems}. A trailing slash is ignored.
 */
@RestController
@RequestMapping("/exports")
class ExportController {

  private final ExportRegistry registry;
  private final Finishes finishes;
  private final ExportProperties properties;
  private final ExportMaker maker;
  private final ExportViews views;
  private final Waits waits;

  ExportController(
      ExportRegistry registry,
      Finishes finishes,
      ExportMaker maker,
      ExportViews views,
      Waits waits,
      ExportProperties properties) {
    this.registry = registry;
    this.finishes = finishes;
    this.properties = properties;
    this.maker = maker;
    this.views = views;
    this.waits = waits;
  }

  /** Creates an export: 201 with its location. Nothing can fail after it is created. */
  @PostMapping(
      path = {"", "/"},
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<MadeExport> create(InputStream body, HttpServletRequest request) {
    ExportMaker.Made made = maker.make(RequestBytes.of(body));
    Export export = made.export();
    return ResponseEntity.created(Links.toExport(export.name(), request))
        .body(
            new MadeExport(
                views.whole(export, made.uris()),
                MadeExport.Data.of(export.spec(), made.ticket(), request)));
  }

  /** Lists exports in the order of their creation: all, or those that match the parameters. */
  @GetMapping({"", "/"})
  ResponseEntity<Page> list(
      @RequestParam(required = false) @Nullable List<String> state,
      @RequestParam(required = false) @Nullable String direction,
      @RequestParam(required = false) @Nullable List<String> label,
      @RequestParam(required = false) @Nullable String limit,
      @RequestParam(required = false) @Nullable String cursor) {
    ExportFilter filter = ExportFilter.of(state, direction, label);
    Page page = Page.of(filter.of(views.all(registry.list())).toList(), limit, cursor);
    return Etags.answer(page, page.exports().stream().map(ListedExport::view).toList());
  }

  /**
   * Returns the export with a name or an id. With {@code waitFor}, responds as soon as it has
   * started, or has ended; 504 if that takes longer than the timeout.
   */
  @GetMapping({"/{name}", "/{name}/"})
  Object get(
      @PathVariable String name,
      @RequestParam(required = false) @Nullable String waitFor,
      @RequestParam(required = false) @Nullable String timeout) {
    Export export = registry.get(name);
    if (waitFor != null || timeout != null) {
      boolean seesNames = views.rights().seesNames(); // known to the request's thread only
      return waits.answer(
          export,
          waitFor,
          timeout,
          views.rights().caller(),
          () -> views.detailed(export, seesNames));
    }
    ExportView seen = views.seen(export);
    if (export.kept().isGone()) {
      throw ExportException.unknownExport(name);
    }
    return Etags.answer(new ExportDetails(seen, export.kept().events()), List.of(seen));
  }

  /**
   * Completes an export's stream when no client's disconnect can do it. The body is empty, or
   * {@code {"pad": "zero"}} to fill up the declared size, or {@code {"unread": "accept"}} if bytes
   * may stay unread. Responds with 202 if that takes longer than {@code finish-wait}; it goes on
   * then.
   */
  @PostMapping(
      path = {"/{name}/finish", "/{name}/finish/"},
      produces = MediaType.APPLICATION_JSON_VALUE)
  DeferredResult<ResponseEntity<ExportView>> finish(@PathVariable String name, InputStream body) {
    Assurances vouched = assurances(RequestBytes.of(body));
    Export export = registry.named(name);
    Finishes.Finishing finishing = finishes.of(export, vouched);
    CompletableFuture<Void> end = finishing.end();
    Duration finishWait = properties.finishWait();
    DeferredResult<ResponseEntity<ExportView>> answer =
        new DeferredResult<>(finishWait.isZero() ? null : finishWait.toMillis());
    Runnable accept = () -> answer.setResult(ResponseEntity.accepted().body(views.whole(export)));
    answer.onTimeout(accept);
    answer.onCompletion(() -> end.cancel(false));
    end.whenComplete(
        (_, failure) -> {
          if (failure == null) {
            answer.setResult(ResponseEntity.ok(views.whole(export)));
          } else if (!end.isCancelled()) {
            answer.setErrorResult(failure);
          }
        });
    if (finishWait.isZero()) {
      finishing.waits().thenRun(accept); // no effect if it has ended by now
    }
    return answer;
  }

  private static Assurances assurances(byte[] json) {
    return json.length == 0
        ? Assurances.NONE
        : JsonBody.read(json, FinishRequest.class).value().assurances();
  }

  /** Changes the rate limit at any time, and the size until the first client attaches. */
  @PatchMapping(
      path = {"/{name}", "/{name}/"},
      consumes = {MediaType.APPLICATION_JSON_VALUE, "application/merge-patch+json"},
      produces = MediaType.APPLICATION_JSON_VALUE)
  ExportView change(@PathVariable String name, InputStream body) {
    JsonBody<ChangeRequest> change = JsonBody.read(RequestBytes.of(body), ChangeRequest.class);
    Export export = registry.named(name);
    export.change(settings -> ChangeRequest.apply(change, settings));
    registry.changes().note();
    return views.whole(export);
  }

  /** Ends and deletes an export; with {@code force} even while clients are attached. */
  @DeleteMapping({"/{name}", "/{name}/"})
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@PathVariable String name, @RequestParam(required = false) @Nullable String force) {
    registry.delete(name, force != null && Flag.isTrue("force", force));
  }
}
