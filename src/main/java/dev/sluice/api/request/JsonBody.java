package dev.sluice.api.request;

import dev.sluice.api.problem.FieldError;
import dev.sluice.api.problem.ProblemException;
import dev.sluice.export.ExportRules.Complaint;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The body of a request, bound to a record. All wrong fields are reported: unknown ones first, then
 * the others in the order of the record.
 *
 * @param <T> the record
 */
public final class JsonBody<T extends RequestFields> {

  private final ObjectNode sent;
  private final T value;

  private JsonBody(ObjectNode sent, T value) {
    this.sent = sent;
    this.value = value;
  }

  /**
   * Reads a body.
   *
   * @throws ProblemException if it is not a JSON object, or has wrong fields
   */
  public static <T extends RequestFields> JsonBody<T> read(byte[] json, Class<T> type) {
    ObjectNode sent = JsonSyntax.object(json, names(type));
    List<FieldError> errors = new ArrayList<>();
    ObjectNode known = known(sent, type, "", errors);
    requireAll(known, type, errors);
    T value =
        FieldTypes.reader(type, (path, complaint) -> errors.add(error(sent, path, complaint)))
            .readValue(known);
    if (errors.isEmpty()) {
      JsonBody<T> body = new JsonBody<>(sent, value);
      body.refuseFor(value.complaints());
      return body;
    }
    List<String> order = names(type);
    errors.sort(Comparator.comparingInt(error -> order.indexOf(outermost(error.field()))));
    throw ProblemException.of(errors);
  }

  /** Returns the record, with null for missing fields. */
  public T value() {
    return value;
  }

  /** Returns whether the body has a field, even if it is null. */
  public boolean has(String field) {
    return sent.has(field);
  }

  /**
   * Refuses the body if there are complaints about fields that are valid by themselves.
   *
   * @throws ProblemException if there is any complaint
   */
  public void refuseFor(List<Complaint> complaints) {
    if (!complaints.isEmpty()) {
      throw ProblemException.of(
          complaints.stream()
              .map(complaint -> error(sent, path(complaint.field()), complaint.text()))
              .toList());
    }
  }

  private static JsonPointer path(String field) {
    return JsonPointer.compile("/" + field.replace('.', '/'));
  }

  /** Copies the object without unknown fields, and adds an error for each of these. */
  private static ObjectNode known(
      ObjectNode sent, Class<?> type, String prefix, List<FieldError> errors) {
    ObjectNode known = sent.objectNode();
    for (Map.Entry<String, JsonNode> property : sent.properties()) {
      String field = property.getKey();
      JsonNode given = property.getValue();
      Class<?> expected = componentType(type, field);
      if (expected == null) {
        errors.add(
            new FieldError(
                prefix + field, given, "there is no such field; expected " + names(type)));
      } else if (!RequestFields.class.isAssignableFrom(expected) || given.isNull()) {
        known.set(field, given);
      } else if (given instanceof ObjectNode inner) {
        known.set(field, known(inner, expected, prefix + field + ".", errors));
      } else {
        errors.add(
            new FieldError(
                prefix + field, given, "expected an object with the fields " + names(expected)));
      }
    }
    return known;
  }

  private static void requireAll(ObjectNode known, Class<?> type, List<FieldError> errors) {
    components(type)
        .filter(JsonBody::isRequired)
        .map(RecordComponent::getName)
        .filter(field -> !known.hasNonNull(field))
        .forEach(field -> errors.add(new FieldError(field, known.get(field), "it is required")));
  }

  private static boolean isRequired(RecordComponent component) {
    return !component.getType().isPrimitive()
        && !component.getAnnotatedType().isAnnotationPresent(Nullable.class);
  }

  /** Creates the error for the value at a path. An entry of a list has the name of the list. */
  private static FieldError error(JsonNode sent, JsonPointer path, String complaint) {
    StringBuilder field = new StringBuilder();
    JsonNode node = sent;
    for (JsonPointer at = path; !at.matches(); at = at.tail()) {
      if (node.isArray()) {
        node = node.path(at.getMatchingIndex());
      } else {
        field.append(field.isEmpty() ? "" : ".").append(at.getMatchingProperty());
        node = node.path(at.getMatchingProperty());
      }
    }
    return new FieldError(field.toString(), node, complaint);
  }

  private static String outermost(String field) {
    return field.substring(0, field.contains(".") ? field.indexOf('.') : field.length());
  }

  private static @Nullable Class<?> componentType(Class<?> type, String field) {
    return components(type)
        .filter(component -> component.getName().equals(field))
        .findFirst()
        .<Class<?>>map(RecordComponent::getType)
        .orElse(null);
  }

  private static List<String> names(Class<?> type) {
    return components(type).map(RecordComponent::getName).toList();
  }

  private static Stream<RecordComponent> components(Class<?> type) {
    return Stream.of(type.getRecordComponents());
  }
}
