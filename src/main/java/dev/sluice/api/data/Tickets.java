package dev.sluice.api.data;

import dev.sluice.export.ExportRegistry;
import dev.sluice.export.Ticket;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Which tickets open the data of which exports. */
@Component
public final class Tickets {

  private final ExportRegistry registry;
  private final Elsewhere elsewhere;

  Tickets(ExportRegistry registry, ObjectProvider<Elsewhere> elsewhere) {
    this.registry = registry;
    this.elsewhere = elsewhere.getIfAvailable(() -> _ -> Optional.empty());
  }

  /** Knows the tickets of exports that another service has, and this one leads to. */
  public interface Elsewhere {

    /** The hash of the ticket of the export of a name, if it has one. */
    Optional<String> hash(String name);
  }

  /** Whether the export of a name is there and has this ticket. */
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
