package dev.sluice.api;

import dev.sluice.api.problem.FieldError;
import dev.sluice.api.problem.ProblemException;
import dev.sluice.api.problem.ProblemType;
import dev.sluice.api.request.RequestBytes;
import dev.sluice.export.Export;
import dev.sluice.export.ExportException;
import dev.sluice.export.ExportRegistry;
import dev.sluice.export.ExportSpec;
import jakarta.servlet.http.HttpServletRequest;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;

/** Creates an export idempotently. */
@RestController
class PutController {

  private final ExportRegistry registry;
  private final ExportMaker maker;
  private final ExportViews views;

  PutController(ExportRegistry registry, ExportMaker maker, ExportViews views) {
    this.registry = registry;
    this.maker = maker;
    this.views = views;
  }

  /**
   * Creates an export of this name: 201. If it exists and was requested with the same fields, 200;
   * with other fields, 409 with the differences.
   */
  @PutMapping(
      path = {"/exports/{name}", "/exports/{name}/"},
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<MadeExport> put(
      @PathVariable String name, InputStream body, HttpServletRequest request) {
    ExportMaker.Asked asked = maker.ask(name, RequestBytes.of(body));
    ExportSpec spec = asked.spec();
    Optional<Export> there = registry.find(name);
    if (there.isPresent()) {
      return existing(there.get(), spec, request);
    }
    Export made;
    try {
      made = registry.create(spec);
    } catch (ExportException e) {
      Export others = registry.find(name).orElseThrow(() -> e); // created by another request
      return existing(others, spec, request);
    }
    return ResponseEntity.created(Links.toExport(name, request))
        .body(new MadeExport(views.whole(made), MadeExport.Data.of(spec, asked.ticket(), request)));
  }

  /** Responds with an export that exists. Its ticket is left out: only its creator gets it. */
  private ResponseEntity<MadeExport> existing(
      Export export, ExportSpec spec, HttpServletRequest request) {
    List<FieldError> differences = SpecDifferences.between(spec, export.spec());
    if (!differences.isEmpty()) {
      throw ProblemException.of(ProblemType.OTHER_FIELDS, differences);
    }
    return ResponseEntity.ok(
        new MadeExport(views.whole(export), MadeExport.Data.of(spec, null, request)));
  }
}
