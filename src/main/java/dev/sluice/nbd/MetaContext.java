package dev.sluice.nbd;

import dev.sluice.nbd.transmission.Command;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a client can have told about ranges of an export by {@link Command#BLOCK_STATUS}.
 *
 * <p>Section "Metadata querying".
 */
public enum MetaContext {
  /**
   * The specification's own: {@link #HOLE} and {@link #ZERO}.
   *
   * <p>Section "base:allocation metadata context".
   */
  BASE_ALLOCATION("base", "allocation", 1),

  /**
   * How far a stream has come: {@link #PASSED} and {@link #HELD}. A client that goes on where
   * another one left begins at the first byte that has not passed.
   *
   * <ul>
   *   <li>Passed, not held: the peer has the byte already, or it was read; nobody can get it again.
   *   <li>Passed and held: it came from the peer, and can still be read.
   *   <li>Held, not passed: it was written, and waits for what comes before it.
   *   <li>Neither: it is still to come.
   * </ul>
   */
  STREAM("sluice", "stream", 2);

  /** Status in {@link #BASE_ALLOCATION}: nothing is stored there. */
  public static final int HOLE = 1;

  /** Status in {@link #BASE_ALLOCATION}: it reads as zeroes. */
  public static final int ZERO = 1 << 1;

  /** Status in {@link #STREAM}: below the position. */
  public static final int PASSED = 1;

  /** Status in {@link #STREAM}: the server has it in its memory. */
  public static final int HELD = 1 << 1;

  private final String namespace;
  private final String leaf;
  private final int id;

  MetaContext(String namespace, String leaf, int id) {
    this.namespace = namespace + ":";
    this.leaf = leaf;
    this.id = id;
  }

  /** Namespace, colon and leaf. */
  public String contextName() {
    return namespace + leaf;
  }

  /** What replies call it. */
  public int id() {
    return id;
  }

  /** The context with this id, or nothing. */
  public static Optional<MetaContext> of(int id) {
    return Stream.of(values()).filter(context -> context.id == id).findFirst();
  }

  /** What a client that lists contexts gets: all without a query, else by name or namespace. */
  public static Set<MetaContext> listed(Collection<String> queries) {
    return queries.isEmpty()
        ? Collections.unmodifiableSet(EnumSet.allOf(MetaContext.class))
        : matching(queries, true);
  }

  /** What a client that selects contexts gets: those it names, however often it does. */
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
