package dev.sluice.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.sluice.export.record.Event;
import java.util.List;

/**
 * An export as the REST API shows it alone.
 *
 * @param events the changes of its state, the first and the last of many
 */
public record ExportDetails(@JsonUnwrapped ExportView export, List<Event> events) {}
