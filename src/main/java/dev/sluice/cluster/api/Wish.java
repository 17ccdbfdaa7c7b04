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
 * What somebody asks for by {@code POST /exports} or {@code PUT /exports/NAME}.
 *
 * @param asked what the local REST API makes of it, which has refused what it refuses
 * @param sent as it was sent
 * @param labels of the resource
 * @param spec of the resource; of a ticket it has the hash alone
 */
record Wish(
    ExportMaker.Asked asked, JsonNode sent, Map<String, String> labels, Map<String, Object> spec) {

  private static final Set<String> ELSEWHERE = Set.of("name", "labels", "ticket");

  /**
   * Reads a body.
   *
   * @param name what the export is to be called; null if the body says so, or nobody cares
   * @throws ProblemException when the request would be refused by any pod, in the same words
   */
  static Wish read(byte[] body, @Nullable String name, ExportMaker maker, JsonMapper json) {
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
    return new Wish(asked, kept, new HashMap<>(asked.spec().labels().map()), spec);
  }

  private static String text(JsonNode pod) {
    if (!pod.isString()) {
      throw ProblemException.of(StreamExport.POD, pod, "expected the name of a pod");
    }
    return pod.stringValue();
  }

  /** Null if it is no JSON object, of which the REST API has more to say. */
  private static @Nullable ObjectNode parsed(byte[] body, JsonMapper json) {
    try {
      return json.readTree(body) instanceof ObjectNode object ? object : null;
    } catch (JacksonException e) {
      return null;
    }
  }

  /** A null is the same as a field left out, and no resource has one. */
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
