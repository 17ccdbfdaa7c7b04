package dev.sluice.server.session;

import dev.sluice.nbd.MetaContext;
import dev.sluice.nbd.transmission.Dialect;
import java.util.Set;

/**
 * What a client has agreed on so far in its handshake, beside the export.
 *
 * @param dialect how requests and replies look
 * @param contextsOf the export whose metadata contexts it selected
 * @param contexts those contexts; they hold for that export only
 */
public record Agreement(Dialect dialect, String contextsOf, Set<MetaContext> contexts) {

  /** How a handshake begins. */
  public static final Agreement NONE = new Agreement(Dialect.SIMPLE, "", Set.of());

  public Agreement with(Dialect other) {
    return new Agreement(other, contextsOf, contexts);
  }

  public Agreement with(String export, Set<MetaContext> selected) {
    return new Agreement(dialect, export, selected);
  }

  /** The contexts that a session on this export has. */
  public Set<MetaContext> contextsFor(String export) {
    return export.equals(contextsOf) ? contexts : Set.of();
  }
}
