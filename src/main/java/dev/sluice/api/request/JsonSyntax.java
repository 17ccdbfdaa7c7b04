package dev.sluice.api.request;

import dev.sluice.api.problem.ProblemException;
import dev.sluice.api.problem.ProblemType;
import dev.sluice.api.problem.Problems;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads JSON strictly (RFC 8259): no comments, no duplicate fields, nothing after the object. Its
 * errors are in Sluice's own words.
 */
final class JsonSyntax {

  private static final int MAX_DEPTH = 8;

  /** How many bytes an error quotes from the place where reading failed. */
  private static final int EXCERPT = 20;

  private static final JsonMapper STRICT =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .build();

  private JsonSyntax() {}

  /**
   * Reads an object.
   *
   * @param fields the fields that it may have, for the error
   * @throws ProblemException if it is not a JSON object
   */
  static ObjectNode object(byte[] json, List<String> fields) {
    try (JsonParser parser = STRICT.createParser(json)) {
      JsonNode body = value(parser, json);
      if (!(body instanceof ObjectNode object)) {
        throw refused("the body is not a JSON object; expected the fields " + fields);
      }
      return object;
    }
  }

  private static JsonNode value(JsonParser parser, byte[] json) {
    try {
      JsonNode body = parser.readValueAsTree();
      if (parser.nextToken() != null) {
        throw invalid("there is more after the object", parser.currentTokenLocation());
      }
      return body;
    } catch (JacksonException e) {
      throw invalid(complaint(e, parser, json), e.getLocation());
    }
  }

  private static String complaint(JacksonException e, JsonParser parser, byte[] json) {
    return switch (e) {
      case MismatchedInputException _ ->
          "the field \"%s\" is there twice".formatted(Problems.cut(parser.currentName()));
      case UnexpectedEndOfInputException _ -> "it ends too early";
      case StreamConstraintsException _ ->
          parser.streamReadContext().getNestingDepth() > MAX_DEPTH
              ? "it has more than %d objects and lists within each other".formatted(MAX_DEPTH)
              : "a number in it, or the name of a field, is too long";
      default -> "it cannot be read" + before(json, e.getLocation());
    };
  }

  private static String before(byte[] json, @Nullable TokenStreamLocation at) {
    int start = at == null ? -1 : Math.toIntExact(at.getByteOffset());
    if (start < 0 || start >= json.length) {
      return "";
    }
    int length = Math.min(EXCERPT, json.length - start);
    return " before '" + new String(json, start, length, StandardCharsets.UTF_8) + "'";
  }

  private static ProblemException invalid(String complaint, @Nullable TokenStreamLocation at) {
    String where =
        at == null ? "" : " (line %d, column %d)".formatted(at.getLineNr(), at.getColumnNr());
    return refused("the body is not valid JSON: " + complaint + where);
  }

  private static ProblemException refused(String detail) {
    return new ProblemException(ProblemType.UNREADABLE_BODY, detail);
  }
}
