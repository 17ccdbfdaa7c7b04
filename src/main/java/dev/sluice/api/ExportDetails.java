package dev.sluice.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.sluice.export.record.Event;
import java.util.List;

/**
 * The details of one export.
 *
 * @param events the changes of its state; if there are many, only the first and the last ones
 */
public record ExportDetails(@JsonUnwrapped ExportView export, List<Event> events) {}
