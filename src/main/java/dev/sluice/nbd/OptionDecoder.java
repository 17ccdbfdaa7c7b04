package dev.sluice.nbd;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Reads option data that nobody has vouched for: each length is checked before it is used. */
final class OptionDecoder {

  /** A name's length and a count of information requests, with nothing in between or after. */
  private static final int MIN_INFO_LENGTH = Integer.BYTES + Short.BYTES;

  private OptionDecoder() {}

  static Option decode(int code, ByteBuffer data) throws InvalidOptionException {
    Optional<OptionCode> known = OptionCode.of(code);
    if (known.isEmpty()) {
      return new Option.Unsupported(code);
    }
    return switch (known.get()) {
      case EXPORT_NAME -> new Option.ExportName(name(data, data.remaining()));
      case ABORT -> new Option.Abort(); // with or without data, as the specification asks
      case LIST -> listExports(data);
      case INFO -> info(data);
      case GO -> {
        Option.Info asked = info(data);
        yield new Option.Go(asked.name(), asked.requests());
      }
      case PEEK_EXPORT,
          STARTTLS,
          STRUCTURED_REPLY,
          LIST_META_CONTEXT,
          SET_META_CONTEXT,
          EXTENDED_HEADERS ->
          new Option.Unsupported(code);
    };
  }

  private static Option.ListExports listExports(ByteBuffer data) throws InvalidOptionException {
    if (data.hasRemaining()) {
      throw invalid("option length: %d (expected: 0)".formatted(data.remaining()));
    }
    return new Option.ListExports();
  }

  private static Option.Info info(ByteBuffer data) throws InvalidOptionException {
    if (data.remaining() < MIN_INFO_LENGTH) {
      throw invalid(
          "option length: %d (expected: >= %d)".formatted(data.remaining(), MIN_INFO_LENGTH));
    }
    long nameLength = Integer.toUnsignedLong(data.getInt());
    int room = data.remaining() - Short.BYTES;
    if (nameLength > room) {
      throw invalid(
          "name length: %d (expected: <= %d, as the option is no longer)"
              .formatted(nameLength, room));
    }
    String name = name(data, (int) nameLength);
    return new Option.Info(name, infoRequests(data));
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

  /** Takes a name of {@code length} bytes, which the buffer is known to hold. */
  private static String name(ByteBuffer data, int length) throws InvalidOptionException {
    if (length > Protocol.MAX_NAME_LENGTH) {
      throw invalid(
          "name length: %d (expected: <= %d)".formatted(length, Protocol.MAX_NAME_LENGTH));
    }
    String name;
    try {
      name = Utf8.decode(data, length);
    } catch (CharacterCodingException e) {
      throw invalid("name: not UTF-8 (expected: UTF-8)");
    }
    int nul = name.indexOf('\0');
    if (nul >= 0) {
      throw invalid("name: NUL at character %d (expected: no NUL)".formatted(nul));
    }
    return name;
  }

  private static InvalidOptionException invalid(String message) {
    return new InvalidOptionException(ReplyType.ERR_INVALID, message);
  }
}
