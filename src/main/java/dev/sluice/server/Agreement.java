package dev.sluice.server;

import dev.sluice.nbd.Dialect;
import dev.sluice.nbd.MetaContext;
import java.util.Set;

/**
 * What a client has agreed on so far in its handshake, beside the export.
 *
 * @param dialect how requests and replies look
 * @param contextsOf the export whose metadata contexts it selected
 * @param contexts those contexts; they hold for that export only
 */
record Agreement(Dialect dialect, String contextsOf, Set<MetaContext> contexts) {

  /** How a handshake begins. */
  static final Agreement NONE = new Agreement(Dialect.SIMPLE, "", Set.of());

  Agreement with(Dialect other) {
    return new Agreement(other, contextsOf, contexts);
  }

  Agreement with(String export, Set<MetaContext> selected) {
    return new Agreement(dialect, export, selected);
  }

  /** The contexts that a session on this export has. */
  Set<MetaContext> contextsFor(String export) {
    return export.equals(contextsOf) ? contexts : Set.of();
  }
}
