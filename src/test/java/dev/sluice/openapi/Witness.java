package dev.sluice.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.RestClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Sees to it that every response is one that a description has, and notes which it has seen. */
final class Witness {

  private static final String PROBLEM = "application/problem+json";

  private final JsonNode description;
  private final Validation validation;
  private final Set<String> seen = new ConcurrentSkipListSet<>();

  Witness(JsonNode description) {
    this.description = description;
    this.validation = new Validation(description);
  }

  /** A response to a request; fails unless it is described. */
  RestClient.Answer see(String method, String path, RestClient.Answer answer) {
    String request = request(method, path);
    String shown = "%s %s: %s".formatted(method, path, answer);
    JsonNode response = responses(request).get(String.valueOf(answer.status()));
    assertThat(response).as(shown).isNotNull();
    response = resolved(response);
    for (String header : response.path("headers").propertyNames()) {
      assertThat(answer.header(header)).as("%s in %s", header, shown).isNotEmpty();
    }
    String type = answer.header("Content-Type").replaceAll(";.*", "");
    JsonNode content = response.path("content").path(type);
    assertThat(content.isMissingNode()).as(shown).isEqualTo(type.isEmpty());
    if (answer.body().isEmpty()) {
      seen.add(request + " " + answer.status());
      return answer;
    }
    if (type.endsWith("json")) {
      assertThat(validation.errors(content.get("schema"), answer.json())).as(shown).isEmpty();
    }
    if (type.equals(PROBLEM)) {
      String word = answer.text("type").substring("/problems/".length());
      assertThat(content.get("examples").propertyNames()).as(shown).contains(word);
      seen.add(request + " " + answer.status() + " " + word);
    } else {
      seen.add(request + " " + answer.status());
    }
    return answer;
  }

  /** What is wrong with an event. */
  List<String> eventErrors(String type, JsonNode data) {
    JsonNode events =
        description.at(
            "/paths/~1exports~1events/get/responses/200/content/text~1event-stream/x-events");
    return validation.errors(events.get(type), data);
  }

  /** Those that are described and were not seen; of the problems of all requests, each once. */
  Set<String> missing() {
    Set<String> missing = new TreeSet<>();
    Set<String> everywhere = new TreeSet<>();
    new Facts().part("everywhere").forEach(word -> everywhere.add(word.stringValue()));
    for (String request : requests()) {
      for (var response : responses(request).properties()) {
        JsonNode content = resolved(response.getValue()).path("content");
        if (content.size() > (content.has(PROBLEM) ? 1 : 0) || content.isEmpty()) {
          missing.add(request + " " + response.getKey());
        }
        content
            .at("/application~1problem+json/examples")
            .propertyNames()
            .forEach(
                word -> {
                  String request1 = everywhere.contains(word) ? "*" : request;
                  missing.add(request1 + " " + response.getKey() + " " + word);
                });
      }
    }
    missing.removeAll(seen);
    seen.forEach(what -> missing.remove("* " + what.split(" ", 3)[2]));
    return missing;
  }

  /** All that are described, such as {@code GET /exports/{name}}. */
  List<String> requests() {
    List<String> requests = new ArrayList<>();
    for (var path : description.get("paths").properties()) {
      for (String method : path.getValue().propertyNames()) {
        requests.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
      }
    }
    return requests;
  }

  /** What is described of one of them. */
  JsonNode operation(String request) {
    String[] words = request.split(" ");
    return description.get("paths").get(words[1]).get(words[0].toLowerCase(Locale.ROOT));
  }

  private JsonNode responses(String request) {
    return operation(request).get("responses");
  }

  private JsonNode resolved(JsonNode response) {
    return response.has("$ref")
        ? description.at(response.get("$ref").stringValue().substring(1))
        : response;
  }

  private String request(String method, String path) {
    String verb = method.equals("HEAD") ? "GET" : method;
    String bare = path.replaceAll("\\?.*", "");
    return Stream.concat(
            requests().stream().filter((verb + " " + bare)::equals),
            requests().stream()
                .filter(
                    described ->
                        (verb + " " + bare).matches(described.replaceAll("\\{[a-z]+}", "[^/]+"))))
        .findFirst()
        .orElseThrow(() -> new AssertionError(method + " " + path + " is not described"));
  }
}
