package dev.sluice.nbd.handshake;

import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.Utf8;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Decodes the untrusted data of options. Each length is checked before it is used. */
public final class OptionDecoder {

  private OptionDecoder() {}

  /**
   * Decodes an option.
   *
   * @param code the number in its header
   * @param data its data, from position to limit
   * @throws InvalidOptionException if the data does not fit the option
   */
  public static Option decode(int code, ByteBuffer data) throws InvalidOptionException {
    Optional<OptionCode> known = OptionCode.of(code);
    if (known.isEmpty()) {
      return new Option.Unsupported(code);
    }
    return switch (known.get()) {
      case EXPORT_NAME -> new Option.ExportName(name(data, data.remaining()));
      case ABORT -> new Option.Abort(); // with or without data, as the specification requires
      case LIST -> withoutData(data, new Option.ListExports());
      case INFO -> info(data);
      case GO -> {
        Option.Info asked = info(data);
        yield new Option.Go(asked.name(), asked.requests());
      }
      case STARTTLS -> withoutData(data, new Option.StartTls());
      case STRUCTURED_REPLY -> withoutData(data, new Option.StructuredReply());
      case EXTENDED_HEADERS -> withoutData(data, new Option.ExtendedHeaders());
      case LIST_META_CONTEXT ->
          new Option.ListMetaContext(prefixedName(data, Integer.BYTES), queries(data));
      case SET_META_CONTEXT ->
          new Option.SetMetaContext(prefixedName(data, Integer.BYTES), queries(data));
      case PEEK_EXPORT -> new Option.Unsupported(code);
    };
  }

  private static Option withoutData(ByteBuffer data, Option option) throws InvalidOptionException {
    if (data.hasRemaining()) {
      throw invalid("option length: %d (expected: 0)".formatted(data.remaining()));
    }
    return option;
  }

  private static Option.Info info(ByteBuffer data) throws InvalidOptionException {
    return new Option.Info(prefixedName(data, Short.BYTES), infoRequests(data));
  }

  /** Reads a length and a name, after which a count of {@code countBytes} bytes has to follow. */
  private static String prefixedName(ByteBuffer data, int countBytes)
      throws InvalidOptionException {
    int least = Integer.BYTES + countBytes;
    if (data.remaining() < least) {
      throw invalid("option length: %d (expected: >= %d)".formatted(data.remaining(), least));
    }
    return name(data, lengthWithin(data, data.remaining() - least, "name"));
  }

  private static List<String> queries(ByteBuffer data) throws InvalidOptionException {
    long count = Integer.toUnsignedLong(data.getInt());
    if (count > Protocol.MAX_QUERIES) {
      throw new InvalidOptionException(
          ReplyType.ERR_TOO_BIG,
          "%d queries (expected: <= %d)".formatted(count, Protocol.MAX_QUERIES));
    }
    List<String> queries = new ArrayList<>();
    while (queries.size() < count) {
      queries.add(query(data));
    }
    if (data.hasRemaining()) {
      throw invalid("%d bytes after %d queries (expected: 0)".formatted(data.remaining(), count));
    }
    return queries;
  }

  private static String query(ByteBuffer data) throws InvalidOptionException {
    if (data.remaining() < Integer.BYTES) {
      throw invalid("the option ends before its last query");
    }
    int length = lengthWithin(data, data.remaining() - Integer.BYTES, "query");
    String query = string(data, length, Protocol.MAX_QUERY_LENGTH, "query");
    if (query.indexOf(':') < 1) {
      throw invalid("query: '%s' (expected: a namespace and a colon)".formatted(query));
    }
    return query;
  }

  /** Reads a length, which must not exceed the rest of the option. */
  private static int lengthWithin(ByteBuffer data, int room, String what)
      throws InvalidOptionException {
    long length = Integer.toUnsignedLong(data.getInt());
    if (length > room) {
      throw invalid(
          "%s length: %d (expected: <= %d, as the option is no longer)"
              .formatted(what, length, room));
    }
    return (int) length;
  }

  private static Set<InfoType> infoRequests(ByteBuffer data) throws InvalidOptionException {
    int count = Short.toUnsignedInt(data.getShort());
    if (data.remaining() != count * Short.BYTES) {
      throw invalid(
          "%d information requests in %d bytes (expected: %d bytes)"
              .formatted(count, data.remaining(), count * Short.BYTES));
    }
    Set<InfoType> requests = EnumSet.noneOf(InfoType.class);
    while (data.hasRemaining()) {
      InfoType.of(Short.toUnsignedInt(data.getShort())).ifPresent(requests::add);
    }
    return requests;
  }

  /** Reads a name of {@code length} bytes. The buffer must hold as many. */
  private static String name(ByteBuffer data, int length) throws InvalidOptionException {
    return string(data, length, Protocol.MAX_NAME_LENGTH, "name");
  }

  private static String string(ByteBuffer data, int length, int limit, String what)
      throws InvalidOptionException {
    if (length > limit) {
      throw invalid("%s length: %d (expected: <= %d)".formatted(what, length, limit));
    }
    String string;
    try {
      string = Utf8.decode(data, length);
    } catch (CharacterCodingException e) {
      throw invalid("%s: not UTF-8 (expected: UTF-8)".formatted(what));
    }
    int nul = string.indexOf('\0');
    if (nul >= 0) {
      throw invalid("%s: NUL at character %d (expected: no NUL)".formatted(what, nul));
    }
    return string;
  }

  private static InvalidOptionException invalid(String message) {
    return new InvalidOptionException(ReplyType.ERR_INVALID, message);
  }
}
