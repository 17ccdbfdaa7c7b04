package dev.sluice.api.data;

import dev.sluice.export.ExportRegistry;
import dev.sluice.export.Ticket;
import org.springframework.stereotype.Component;

/** Which tickets open the data of which exports. */
@Component
public final class Tickets {

  private final ExportRegistry registry;

  Tickets(ExportRegistry registry) {
    this.registry = registry;
  }

  /** Whether the export of a name is there and has this ticket. */
  public boolean open(String name, String secret) {
    Ticket ticket = new Ticket(secret);
    return registry.find(name).filter(export -> ticket.has(export.spec().ticket())).isPresent();
  }
}
