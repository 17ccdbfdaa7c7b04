package dev.sluice.api.events;

import dev.sluice.api.ExportView;
import dev.sluice.api.ExportViews;
import dev.sluice.api.OtherExport;
import dev.sluice.export.Export;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** Creates the data of events. */
final class EventText {

  private static final Logger log = LoggerFactory.getLogger(EventText.class);

  private final ExportViews views;
  private final JsonMapper json;

  EventText(ExportViews views, JsonMapper json) {
    this.views = views;
    this.json = json;
  }

  /** The fields that change all the time, with the names that an export has for them. */
  record Progress(
      String id,
      @Nullable String name,
      long position,
      @Nullable Integer clients,
      @Nullable Long throughput,
      @Nullable Long remainingSeconds,
      @Nullable String waitingFor) {

    static Progress of(ExportView export) {
      return new Progress(
          export.id(),
          export.name(),
          export.position(),
          export.clients(),
          export.throughput(),
          export.remainingSeconds(),
          export.waitingFor());
    }
  }

  /** Returns the data of an event about an export of this service. */
  String json(EventKind kind, Export export, boolean seesNames) {
    return json(kind, export.id(), () -> views.seen(export, seesNames));
  }

  /** Returns the data of an event about an export elsewhere. */
  String json(EventKind kind, OtherExport export, boolean seesNames) {
    return json(kind, export.view().id(), () -> ExportViews.seen(export, seesNames));
  }

  private String json(EventKind kind, String id, Supplier<ExportView> seen) {
    try {
      ExportView view = seen.get();
      return json.writeValueAsString(kind == EventKind.PROGRESS ? Progress.of(view) : view);
    } catch (RuntimeException e) {
      log.error("Export {} cannot be told", id, e);
      return "{\"id\":\"%s\"}".formatted(id);
    }
  }
}
