package dev.sluice.nbd.handshake;

import dev.sluice.nbd.MetaContext;
import dev.sluice.nbd.Protocol;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a client can ask for during the handshake. Names are at most {@link
 * Protocol#MAX_NAME_LENGTH} bytes of UTF-8 without NUL; the empty name means the default export.
 *
 * <p>Section "Option types".
 */
public sealed interface Option {

  /** The name of the export that it is about; nothing if it is about none. */
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

  /** Enter transmission on this export; it has no error reply. */
  record ExportName(String name) implements Option {}

  /** End the session. */
  record Abort() implements Option {}

  /** Name all exports. */
  record ListExports() implements Option {}

  /** Describe this export. {@code requests} holds what was asked for and is known. */
  @SuppressWarnings("AvoidCommonTypeNames") // the specification's name
  record Info(String name, Set<InfoType> requests) implements Option {

    /** Takes a copy of {@code requests}. */
    public Info {
      requests = Set.copyOf(requests);
    }
  }

  /** Describe this export and enter transmission on it. */
  record Go(String name, Set<InfoType> requests) implements Option {

    /** Takes a copy of {@code requests}. */
    public Go {
      requests = Set.copyOf(requests);
    }
  }

  /** Go on under TLS. */
  record StartTls() implements Option {}

  /** Reply in chunks. */
  record StructuredReply() implements Option {}

  /** Request with 64 bits, and reply in chunks always. */
  record ExtendedHeaders() implements Option {}

  /** Name the metadata contexts of this export that a query matches; see {@link MetaContext}. */
  record ListMetaContext(String name, List<String> queries) implements Option {

    /** Takes a copy of {@code queries}. */
    public ListMetaContext {
      queries = List.copyOf(queries);
    }
  }

  /** Select metadata contexts of this export, instead of all that were selected before. */
  record SetMetaContext(String name, List<String> queries) implements Option {

    /** Takes a copy of {@code queries}. */
    public SetMetaContext {
      queries = List.copyOf(queries);
    }
  }

  /** An option that is not served, whether it has a name or not; its data is not looked at. */
  record Unsupported(int code) implements Option {}
}
