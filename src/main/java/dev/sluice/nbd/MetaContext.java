package dev.sluice.nbd;

import dev.sluice.nbd.transmission.Command;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Metadata contexts that {@link Command#BLOCK_STATUS} can report.
 *
 * <p>Section "Metadata querying".
 */
public enum MetaContext {
  /**
   * The context that the specification defines: {@link #HOLE} and {@link #ZERO}.
   *
   * <p>Section "base:allocation metadata context".
   */
  BASE_ALLOCATION("base", "allocation", 1),

  /**
   * Sluice's own context, the progress of a stream: {@link #PASSED} and {@link #HELD}. A client
   * that continues where another one has left starts at the first byte that has not passed.
   *
   * <ul>
   *   <li>Passed, not held: the peer has taken the byte, or a client has read it. It cannot be read
   *       again.
   *   <li>Passed and held: it can be read again.
   *   <li>Held, not passed: it waits for bytes before it.
   *   <li>Neither: it has not come yet.
   * </ul>
   */
  STREAM("sluice", "stream", 2);

  /** Flag of {@link #BASE_ALLOCATION}: nothing is stored there. */
  public static final int HOLE = 1;

  /** Flag of {@link #BASE_ALLOCATION}: it reads as zeroes. */
  public static final int ZERO = 1 << 1;

  /** Flag of {@link #STREAM}: below the position. */
  public static final int PASSED = 1;

  /** Flag of {@link #STREAM}: Sluice has it in memory. */
  public static final int HELD = 1 << 1;

  private final String namespace;
  private final String leaf;
  private final int id;

  MetaContext(String namespace, String leaf, int id) {
    this.namespace = namespace + ":";
    this.leaf = leaf;
    this.id = id;
  }

  /** Returns the name on the wire: namespace, colon and leaf. */
  public String contextName() {
    return namespace + leaf;
  }

  /** Returns the id that replies have for it. */
  public int id() {
    return id;
  }

  /** Returns the context with this id; empty if there is none. */
  public static Optional<MetaContext> of(int id) {
    return Stream.of(values()).filter(context -> context.id == id).findFirst();
  }

  /**
   * Returns the contexts for LIST_META_CONTEXT: all without a query, or else those that a query
   * names, by its full name or its namespace.
   */
  public static Set<MetaContext> listed(Collection<String> queries) {
    return queries.isEmpty()
        ? Collections.unmodifiableSet(EnumSet.allOf(MetaContext.class))
        : matching(queries, true);
  }

  /** Returns the contexts for SET_META_CONTEXT: those that a query names in full. */
  public static Set<MetaContext> selected(Collection<String> queries) {
    return matching(queries, false);
  }

  private static Set<MetaContext> matching(Collection<String> queries, boolean wildcards) {
    Set<MetaContext> matching = EnumSet.noneOf(MetaContext.class);
    for (MetaContext context : values()) {
      if (queries.contains(context.contextName())
          || (wildcards && queries.contains(context.namespace))) {
        matching.add(context);
      }
    }
    return Collections.unmodifiableSet(matching);
  }
}
