package dev.sluice.api.data;

import dev.sluice.export.ExportRegistry;
import dev.sluice.export.Ticket;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Checks the tickets that open the data of exports. */
@Component
public final class Tickets {

  private final ExportRegistry registry;
  private final Elsewhere elsewhere;

  Tickets(ExportRegistry registry, ObjectProvider<Elsewhere> elsewhere) {
    this.registry = registry;
    this.elsewhere = elsewhere.getIfAvailable(() -> _ -> Optional.empty());
  }

  /** Finds the tickets of exports of other pods, to which this one redirects. */
  public interface Elsewhere {

    /** Returns the hash of an export's ticket; empty if the export is unknown or has none. */
    Optional<String> hash(String name);
  }

  /** Returns whether the export exists and has this ticket. */
  public boolean open(String name, String secret) {
    Ticket ticket = new Ticket(secret);
    return registry
        .find(name)
        .map(export -> Optional.ofNullable(export.spec().ticket()))
        .orElseGet(() -> elsewhere.hash(name))
        .filter(ticket::has)
        .isPresent();
  }
}
