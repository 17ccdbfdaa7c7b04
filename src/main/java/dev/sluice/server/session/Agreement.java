package dev.sluice.server.session;

import dev.sluice.nbd.MetaContext;
import dev.sluice.nbd.transmission.Dialect;
import java.util.Set;

/**
 * What a client has negotiated so far, besides the export.
 *
 * @param dialect the format of requests and replies
 * @param contextsOf the export for which it selected metadata contexts; empty if none
 * @param contexts those contexts, valid for that export only
 */
public record Agreement(Dialect dialect, String contextsOf, Set<MetaContext> contexts) {

  /** The state at the start of a handshake. */
  public static final Agreement NONE = new Agreement(Dialect.SIMPLE, "", Set.of());

  public Agreement with(Dialect other) {
    return new Agreement(other, contextsOf, contexts);
  }

  public Agreement with(String export, Set<MetaContext> selected) {
    return new Agreement(dialect, export, selected);
  }

  /** Returns the metadata contexts that a session of this export has. */
  public Set<MetaContext> contextsFor(String export) {
    return export.equals(contextsOf) ? contexts : Set.of();
  }
}
