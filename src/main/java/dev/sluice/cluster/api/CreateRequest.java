package dev.sluice.cluster.api;

import dev.sluice.api.ExportMaker;
import dev.sluice.api.problem.ProblemException;
import dev.sluice.cluster.resource.StreamExport;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The body of {@code POST /exports} or {@code PUT /exports/NAME}, validated.
 *
 * @param asked the request as the local REST API reads it
 * @param sent the body without {@code pod}
 * @param labels the labels of the resource
 * @param spec the spec of the resource, which has only the hash of a ticket
 */
record CreateRequest(
    ExportMaker.Asked asked, JsonNode sent, Map<String, String> labels, Map<String, Object> spec) {

  private static final Set<String> ELSEWHERE = Set.of("name", "labels", "ticket");

  /**
   * Reads and validates a body.
   *
   * @param name the export's name from the path; null if the body may have one
   * @throws ProblemException if every pod would refuse the request
   */
  static CreateRequest read(
      byte[] body, @Nullable String name, ExportMaker maker, JsonMapper json) {
    @Nullable ObjectNode sent = parsed(body, json);
    JsonNode pod = sent == null ? null : sent.remove(StreamExport.POD);
    byte[] rest = pod == null ? body : json.writeValueAsBytes(sent);
    ExportMaker.Asked asked = name == null ? maker.ask(rest) : maker.ask(name, rest);
    String called = asked.spec().name();
    KubernetesName.complaint(called)
        .ifPresent(
            complaint -> {
              throw ProblemException.of("name", called, complaint);
            });
    ObjectNode kept = Objects.requireNonNull(sent); // or it would have been refused
    Map<String, Object> spec = spec(kept, json);
    if (pod != null && !pod.isNull()) {
      spec.put(StreamExport.POD, text(pod));
    }
    if (asked.ticket() != null) {
      spec.put(StreamExport.TICKET_HASH, asked.ticket().hash());
    }
    return new CreateRequest(asked, kept, new HashMap<>(asked.spec().labels().map()), spec);
  }

  private static String text(JsonNode pod) {
    if (!pod.isString()) {
      throw ProblemException.of(StreamExport.POD, pod, "expected the name of a pod");
    }
    return pod.stringValue();
  }

  /**
   * Returns null if the body is not a JSON object. The local REST API refuses that with details.
   */
  private static @Nullable ObjectNode parsed(byte[] body, JsonMapper json) {
    try {
      return json.readTree(body) instanceof ObjectNode object ? object : null;
    } catch (JacksonException e) {
      return null;
    }
  }

  /** Builds the spec. A null means the same as a missing field, and a resource has no nulls. */
  private static Map<String, Object> spec(ObjectNode sent, JsonMapper json) {
    Map<String, Object> spec = new LinkedHashMap<>();
    sent.properties()
        .forEach(
            field -> {
              JsonNode value = field.getValue();
              if (!ELSEWHERE.contains(field.getKey()) && !value.isNull()) {
                if (value instanceof ObjectNode inner) {
                  inner.removeIf(JsonNode::isNull);
                }
                spec.put(field.getKey(), json.treeToValue(value, Object.class));
              }
            });
    return spec;
  }
}
