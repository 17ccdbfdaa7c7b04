package dev.sluice.api;

import dev.sluice.client.AllowedClients;
import dev.sluice.client.ClientIdentification;
import dev.sluice.export.ExportName;
import dev.sluice.export.ExportProperties;
import dev.sluice.export.ExportSpec;
import dev.sluice.export.RefusedException;
import dev.sluice.posix.FilePath;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.Timeouts;
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
          "resumeWindow",
          "peerTimeout",
          "idleTimeout",
          "resumeTimeout",
          "lifetime",
          "padTail",
          "acceptClose",
          "acceptUnread",
          "acceptExcess",
          "copy",
          "digest",
          "rateLimit");

  private static final ByteCount WINDOW = new ByteCount(0, ExportProperties.MAX_REORDER.toBytes());
  private static final ByteCount HEAD = new ByteCount(0, ExportProperties.MAX_HEAD.toBytes());

  /** The fields that can ask for more memory than there is, the likeliest to blame first. */
  private static final List<String> LARGE_WINDOWS = List.of("reorderWindow", "resumeWindow");

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
    FilePath path = path(fields);
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
   * @return what whoever asks for it vouches for
   */
  static Assurances parseFinish(byte[] json) {
    if (json.length == 0) {
      return Assurances.NONE;
    }
    JsonFields fields = JsonFields.of(json, List.of("pad", "unread"));
    return new Assurances(is("zero", "pad", fields), false, is("accept", "unread", fields), false);
  }

  private static boolean is(String only, String field, JsonFields fields) {
    String value = fields.string(field);
    if (value != null && !value.equals(only)) {
      throw fields.invalid(field, "expected \"%s\"".formatted(only));
    }
    return value != null;
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

  private static FilePath path(JsonFields fields) {
    String path = fields.requiredString("path");
    try {
      return new FilePath(path);
    } catch (IllegalArgumentException e) {
      throw fields.invalid("path", String.valueOf(e.getMessage()));
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
            fields.bytes("resumeWindow", WINDOW, properties.resumeWindow().toBytes()),
            timeouts(fields),
            assurances(fields, direction, size),
            fields.flag("copy", properties.copy()),
            sha256(fields),
            fields.bytes("rateLimit", RATE, 0));
    long memory = properties.mostOfOne();
    if (settings.mostMemory() > memory) {
      throw fields.invalid(
          LARGE_WINDOWS.stream().filter(fields::has).findFirst().orElse("headWindow"),
          "the windows of one export may have %d bytes (%d %% of sluice.exports.window-memory, by sluice.exports.window-share); these would need %d"
              .formatted(memory, properties.windowShare(), settings.mostMemory()));
    }
    return settings;
  }

  private Timeouts timeouts(JsonFields fields) {
    return new Timeouts(
        fields.duration("peerTimeout", properties.peerTimeout()),
        fields.duration("idleTimeout", properties.idleTimeout()),
        fields.duration("resumeTimeout", properties.resumeTimeout()),
        fields.duration("lifetime", properties.lifetime()),
        properties.stallTimeout(),
        properties.endTimeout());
  }

  private static Assurances assurances(JsonFields fields, Direction direction, OptionalLong size) {
    boolean padTail = fields.flag("padTail");
    if (padTail && (direction == Direction.READ || size.isEmpty())) {
      throw fields.invalid("padTail", "expected only with the direction write and a size");
    }
    boolean acceptExcess = readFlag(fields, "acceptExcess", direction);
    if (acceptExcess && size.isEmpty()) {
      throw fields.invalid("acceptExcess", "expected only with a size");
    }
    return new Assurances(
        padTail,
        readFlag(fields, "acceptClose", direction),
        readFlag(fields, "acceptUnread", direction),
        acceptExcess);
  }

  private static boolean readFlag(JsonFields fields, String name, Direction direction) {
    boolean flag = fields.flag(name);
    if (flag && direction == Direction.WRITE) {
      throw fields.invalid(name, "expected only with the direction read");
    }
    return flag;
  }

  private static boolean sha256(JsonFields fields) {
    String digest = fields.string("digest");
    if (digest != null && !digest.equals("SHA-256")) {
      throw fields.invalid("digest", "expected \"SHA-256\"");
    }
    return digest != null;
  }
}
