package dev.sluice.export;

import dev.sluice.export.RefusedException.Reason;
import dev.sluice.stream.Direction;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Turns the body of {@code POST /exports} into an {@link ExportSpec}, or says which field is wrong:
 * the first one, in the order name, path, direction, size, after those that are unknown. A null is
 * the same as a field left out.
 */
final class ExportRequestParser {

  private static final List<String> FIELDS = List.of("name", "path", "direction", "size");
  private static final int MAX_DEPTH = 8;

  private static final JsonMapper STRICT =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** What Jackson says of its own settings. */
  private static final Pattern FOR_PROGRAMMERS =
      Pattern.compile(" \\([^(\\[]*\\[Source: [^]]*]\\)|, from `[^`]*`");

  private final JsonNode body;

  private ExportRequestParser(JsonNode body) {
    this.body = body;
  }

  /**
   * Reads a request.
   *
   * @throws RefusedException when it is no JSON object, or one of its fields is wrong
   */
  static ExportSpec parse(byte[] json) {
    return object(json, FIELDS).spec();
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
    ExportRequestParser body = object(json, List.of("pad"));
    JsonNode pad = body.given("pad");
    if (pad == null) {
      return false;
    }
    if (!body.string("pad", pad).equals("zero")) {
      throw body.invalid("pad", "expected \"zero\"");
    }
    return true;
  }

  private static ExportRequestParser object(byte[] json, List<String> fields) {
    JsonNode body;
    try {
      body = STRICT.readTree(json);
    } catch (JacksonException e) {
      throw malformed(e);
    }
    if (!body.isObject()) {
      throw RefusedException.because(
          Reason.INVALID, "the body is not a JSON object; expected the fields " + fields);
    }
    ExportRequestParser parser = new ExportRequestParser(body);
    for (String field : body.propertyNames()) {
      if (!fields.contains(field)) {
        throw parser.invalid(field, "there is no such field; expected " + fields);
      }
    }
    return parser;
  }

  private static RefusedException malformed(JacksonException e) {
    TokenStreamLocation at = e.getLocation();
    String where =
        at == null ? "" : " (line %d, column %d)".formatted(at.getLineNr(), at.getColumnNr());
    String what =
        e instanceof MismatchedInputException
            ? "there is more after the object"
            : FOR_PROGRAMMERS.matcher(e.getOriginalMessage()).replaceAll("");
    return RefusedException.because(Reason.INVALID, "the body is not valid JSON: " + what + where);
  }

  private ExportSpec spec() {
    return new ExportSpec(name(), path(), direction(), size());
  }

  private String name() {
    JsonNode node = given("name");
    if (node == null) {
      return ExportName.random();
    }
    String name = string("name", node);
    ExportName.complaint(name)
        .ifPresent(
            complaint -> {
              throw invalid("name", complaint);
            });
    return name;
  }

  private Path path() {
    String path = string("path", required("path"));
    if (path.isEmpty()) {
      throw invalid("path", "it is empty; expected an absolute path");
    }
    try {
      return Path.of(path);
    } catch (InvalidPathException e) {
      throw invalid("path", "it is no path: " + e.getReason());
    }
  }

  private Direction direction() {
    return switch (string("direction", required("direction"))) {
      case "write" -> Direction.WRITE;
      case "read" -> Direction.READ;
      default -> throw invalid("direction", "expected \"write\" or \"read\"");
    };
  }

  private OptionalLong size() {
    JsonNode node = given("size");
    if (node == null) {
      return OptionalLong.empty();
    }
    try {
      if (node.isString()) {
        return OptionalLong.of(ExportSize.parse(node.stringValue()));
      }
      if (node.isIntegralNumber()) {
        return OptionalLong.of(ExportSize.requireInRange(whole(node)));
      }
    } catch (IllegalArgumentException e) {
      throw invalid("size", String.valueOf(e.getMessage()));
    }
    throw invalid("size", ExportSize.EXPECTED);
  }

  private static long whole(JsonNode node) {
    if (node.canConvertToLong()) {
      return node.longValue();
    }
    return node.bigIntegerValue().signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
  }

  private @Nullable JsonNode given(String field) {
    JsonNode node = body.get(field);
    return node == null || node.isNull() ? null : node;
  }

  private JsonNode required(String field) {
    JsonNode node = given(field);
    if (node == null) {
      throw invalid(field, "it is required");
    }
    return node;
  }

  private String string(String field, JsonNode node) {
    if (!node.isString()) {
      throw invalid(field, "expected a string");
    }
    return node.stringValue();
  }

  private RefusedException invalid(String field, String complaint) {
    return RefusedException.of(Reason.INVALID, field, body.get(field), complaint);
  }
}
