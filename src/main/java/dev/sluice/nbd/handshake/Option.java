package dev.sluice.nbd.handshake;

import dev.sluice.nbd.MetaContext;
import dev.sluice.nbd.Protocol;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An option of a client. Names are at most {@link Protocol#MAX_NAME_LENGTH} bytes of UTF-8 without
 * NUL. The empty name means the default export.
 *
 * <p>Section "Option types".
 */
public sealed interface Option {

  /** Returns the name of the export that the option is about; empty if it names none. */
  default Optional<String> export() {
    return switch (this) {
      case ExportName(String name) -> Optional.of(name);
      case Info(String name, var _) -> Optional.of(name);
      case Go(String name, var _) -> Optional.of(name);
      case ListMetaContext(String name, var _) -> Optional.of(name);
      case SetMetaContext(String name, var _) -> Optional.of(name);
      case Abort _,
          ListExports _,
          StartTls _,
          StructuredReply _,
          ExtendedHeaders _,
          Unsupported _ ->
          Optional.empty();
    };
  }

  /** Start transmission on this export; has no error reply. */
  record ExportName(String name) implements Option {}

  /** End the session. */
  record Abort() implements Option {}

  /** List all exports. */
  record ListExports() implements Option {}

  /**
   * Describe this export.
   *
   * @param requests the requested kinds of information, without unknown ones
   */
  @SuppressWarnings("AvoidCommonTypeNames") // the specification's name
  record Info(String name, Set<InfoType> requests) implements Option {

    /** Takes a copy of {@code requests}. */
    public Info {
      requests = Set.copyOf(requests);
    }
  }

  /** Describe this export, and start transmission on it. */
  record Go(String name, Set<InfoType> requests) implements Option {

    /** Takes a copy of {@code requests}. */
    public Go {
      requests = Set.copyOf(requests);
    }
  }

  /** Start TLS. */
  record StartTls() implements Option {}

  /** Negotiate structured replies. */
  record StructuredReply() implements Option {}

  /** Negotiate extended headers: lengths of 64 bits, and all replies in chunks. */
  record ExtendedHeaders() implements Option {}

  /** List the metadata contexts of this export that match a query; see {@link MetaContext}. */
  record ListMetaContext(String name, List<String> queries) implements Option {

    /** Takes a copy of {@code queries}. */
    public ListMetaContext {
      queries = List.copyOf(queries);
    }
  }

  /** Select metadata contexts of this export, in place of all that were selected before. */
  record SetMetaContext(String name, List<String> queries) implements Option {

    /** Takes a copy of {@code queries}. */
    public SetMetaContext {
      queries = List.copyOf(queries);
    }
  }

  /** An option that is not supported, with a known number or not. Its data is not decoded. */
  record Unsupported(int code) implements Option {}
}
