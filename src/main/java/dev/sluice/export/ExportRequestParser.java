package dev.sluice.export;

import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.Timeouts;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.springframework.stereotype.Component;

/**
 * Turns the bodies of requests into what they ask for, or says which field is wrong: the first one,
 * in the order of {@link #FIELDS}, after those that are unknown.
 */
@Component
final class ExportRequestParser {

  private static final List<String> FIELDS =
      List.of(
          "name",
          "path",
          "direction",
          "size",
          "listen",
          "listed",
          "clients",
          "reorderWindow",
          "headWindow",
          "peerTimeout",
          "idleTimeout",
          "resumeTimeout",
          "lifetime",
          "padTail",
          "digest",
          "rateLimit");

  private static final ByteCount WINDOW = new ByteCount(0, ExportProperties.MAX_REORDER.toBytes());
  private static final ByteCount HEAD = new ByteCount(0, ExportProperties.MAX_HEAD.toBytes());
  private static final ByteCount RATE = new ByteCount(0, StreamSettings.MAX_RATE);

  private final ExportProperties properties;
  private final ClientIdentification identification;

  ExportRequestParser(ExportProperties properties, ClientIdentification identification) {
    this.properties = properties;
    this.identification = identification;
  }

  /**
   * Reads the body of {@code POST /exports}.
   *
   * @throws RefusedException when it is no JSON object, or one of its fields is wrong
   */
  ExportSpec parse(byte[] json) {
    JsonFields fields = JsonFields.of(json, FIELDS);
    String name = name(fields);
    Path path = path(fields);
    Direction direction = direction(fields);
    OptionalLong size = size(fields);
    boolean listen = fields.flag("listen");
    boolean listed = fields.flag("listed", properties.listed());
    AllowedClients clients = ClientsField.read(fields, identification);
    StreamSettings settings = settings(fields, direction, size);
    return new ExportSpec(name, path, listen, listed, clients, direction, settings);
  }

  /**
   * Reads the body of {@code PATCH /exports/{name}}.
   *
   * @return what changes; a null takes a limit or size away
   */
  static UnaryOperator<StreamSettings> parseChange(byte[] json) {
    JsonFields fields = JsonFields.of(json, List.of("size", "rateLimit"));
    OptionalLong size = size(fields);
    long rateLimit = fields.bytes("rateLimit", RATE, 0);
    return settings -> {
      StreamSettings changed = fields.has("size") ? settings.withSize(size) : settings;
      return fields.has("rateLimit") ? changed.withRateLimit(rateLimit) : changed;
    };
  }

  /**
   * Reads the body of {@code POST /exports/{name}/finish}, which may be empty.
   *
   * @return whether the rest is to be filled with zeroes
   */
  static boolean parsePad(byte[] json) {
    if (json.length == 0) {
      return false;
    }
    JsonFields fields = JsonFields.of(json, List.of("pad"));
    String pad = fields.string("pad");
    if (pad != null && !pad.equals("zero")) {
      throw fields.invalid("pad", "expected \"zero\"");
    }
    return pad != null;
  }

  private static String name(JsonFields fields) {
    String name = fields.string("name");
    if (name == null) {
      return ExportName.random();
    }
    ExportName.complaint(name)
        .ifPresent(
            complaint -> {
              throw fields.invalid("name", complaint);
            });
    return name;
  }

  private static Path path(JsonFields fields) {
    String path = fields.requiredString("path");
    if (path.isEmpty()) {
      throw fields.invalid("path", "it is empty; expected an absolute path");
    }
    try {
      return Path.of(path);
    } catch (InvalidPathException e) {
      throw fields.invalid("path", "it is no path: " + e.getReason());
    }
  }

  private static Direction direction(JsonFields fields) {
    return switch (fields.requiredString("direction")) {
      case "write" -> Direction.WRITE;
      case "read" -> Direction.READ;
      default -> throw fields.invalid("direction", "expected \"write\" or \"read\"");
    };
  }

  private static OptionalLong size(JsonFields fields) {
    long size = fields.bytes("size", ByteCount.SIZE, 0);
    return size == 0 ? OptionalLong.empty() : OptionalLong.of(size);
  }

  private StreamSettings settings(JsonFields fields, Direction direction, OptionalLong size) {
    StreamSettings settings =
        new StreamSettings(
            size,
            fields.bytes("reorderWindow", WINDOW, properties.reorderWindow().toBytes()),
            Math.toIntExact(fields.bytes("headWindow", HEAD, properties.headWindow().toBytes())),
            timeouts(fields),
            padTail(fields, direction, size),
            sha256(fields),
            fields.bytes("rateLimit", RATE, 0));
    long memory = properties.windowMemory().toBytes();
    if (settings.mostMemory() > memory) {
      throw fields.invalid(
          fields.has("reorderWindow") ? "reorderWindow" : "headWindow",
          "all windows together may have %d bytes (sluice.exports.window-memory); this one would need %d"
              .formatted(memory, settings.mostMemory()));
    }
    return settings;
  }

  private Timeouts timeouts(JsonFields fields) {
    return new Timeouts(
        fields.duration("peerTimeout", properties.peerTimeout()),
        fields.duration("idleTimeout", properties.idleTimeout()),
        fields.duration("resumeTimeout", properties.resumeTimeout()),
        fields.duration("lifetime", properties.lifetime()));
  }

  private static boolean padTail(JsonFields fields, Direction direction, OptionalLong size) {
    boolean pad = fields.flag("padTail");
    if (pad && (direction == Direction.READ || size.isEmpty())) {
      throw fields.invalid("padTail", "expected only with the direction write and a size");
    }
    return pad;
  }

  private static boolean sha256(JsonFields fields) {
    String digest = fields.string("digest");
    if (digest != null && !digest.equals("SHA-256")) {
      throw fields.invalid("digest", "expected \"SHA-256\"");
    }
    return digest != null;
  }
}
