package dev.sluice.openapi;

import static java.util.Objects.requireNonNull;

import dev.sluice.api.problem.ProblemType;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.http.HttpStatus;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the description says of each request. */
final class Operations {

  private static final String PROBLEM = "application/problem+json";
  private static final Set<HttpStatus> LOCATED =
      Set.of(HttpStatus.CREATED, HttpStatus.TEMPORARY_REDIRECT);
  private static final Pattern IN_PATH = Pattern.compile("\\{([a-z]+)}");

  private final Facts facts;
  private final RestPage page;
  private final Schemas schemas;
  private final Handlers handlers = new Handlers();
  private final ObjectNode shared = JsonMapper.shared().createObjectNode();

  Operations(Facts facts, RestPage page, Schemas schemas) {
    this.facts = facts;
    this.page = page;
    this.schemas = schemas;
  }

  /** The responses to which those of several requests refer. */
  ObjectNode shared() {
    return shared;
  }

  /** That of a request such as {@code GET /exports/{name}}. */
  ObjectNode of(String request) {
    JsonNode fact = facts.part("requests").get(request);
    Method method = handlers.all().get(request);
    if (method == null && !fact.has("actuator")) {
      throw new IllegalStateException("no controller has " + request);
    }
    ObjectNode operation = JsonMapper.shared().createObjectNode();
    operation.put("operationId", text(fact, "id")).put("summary", text(fact, "summary"));
    String row = page.request(fact.has("like") ? text(fact, "like") : request);
    operation.put("description", requireNonNull(row, "a row of docs/rest.md for " + request));
    operation.putArray("tags").add(text(fact, "tag"));
    addSecurity(operation, request, fact.has("open"));
    ArrayNode parameters = parameters(request, fact, method);
    if (!parameters.isEmpty()) {
      operation.set("parameters", parameters);
    }
    if (fact.has("body")) {
      operation.set("requestBody", body(fact, method));
    }
    operation.set("responses", responses(request, fact));
    return operation;
  }

  private static String text(JsonNode fact, String name) {
    return fact.get(name).stringValue();
  }

  private static void addSecurity(ObjectNode operation, String request, boolean open) {
    boolean data = request.contains("/data");
    ArrayNode security = operation.putArray("security");
    if (!open) {
      security.addObject().putArray("bearer");
      if (data) {
        security.addObject().putArray("ticket");
      }
      security.addObject(); // where nobody is asked for a token
      String role = data || !request.startsWith("GET ") ? "operator" : "viewer";
      operation.put("x-role", request.endsWith("/prometheus") ? "metrics" : role);
    }
  }

  private ArrayNode parameters(String request, JsonNode fact, Method method) {
    ArrayNode parameters = JsonMapper.shared().createArrayNode();
    for (MatchResult found : IN_PATH.matcher(request).results().toList()) {
      parameters.add(parameter("path", found.group(1)).put("required", true));
    }
    if (method != null) {
      Handlers.parameters(method).forEach(name -> parameters.add(parameter("query", name)));
      Handlers.headers(method).forEach(name -> parameters.add(parameter("header", name)));
    }
    if (fact.get("responses").has("304")) {
      parameters.add(parameter("header", "If-None-Match"));
    }
    return parameters;
  }

  private ObjectNode parameter(String in, String name) {
    JsonNode fact = requireNonNull(facts.part("parameters").get(name), name);
    ObjectNode parameter = JsonMapper.shared().createObjectNode().put("name", name).put("in", in);
    String own = fact.has("description") ? text(fact, "description") : page.parameter(name);
    parameter.put("description", requireNonNull(own, name));
    if (fact.has("explode")) {
      parameter.set("explode", fact.get("explode"));
    }
    if (fact.has("empty")) {
      parameter.put("allowEmptyValue", true);
    }
    parameter.set("schema", fact.get("schema"));
    return parameter;
  }

  private ObjectNode body(JsonNode fact, Method method) {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    body.put("required", !fact.has("optional"));
    ObjectNode content = body.putObject("content");
    String record = text(fact, "body");
    if (record.equals("bytes")) {
      content.set("application/octet-stream", holding(bytes()));
    } else {
      Handlers.consumes(method)
          .forEach(
              type -> content.set(type, holding(schemas.of("dev.sluice.api.request." + record))));
    }
    return body;
  }

  private static ObjectNode bytes() {
    return Types.of("string").put("format", "binary");
  }

  private static ObjectNode holding(ObjectNode schema) {
    ObjectNode content = JsonMapper.shared().createObjectNode();
    content.set("schema", schema);
    return content;
  }

  private ObjectNode responses(String request, JsonNode fact) {
    Map<String, ObjectNode> responses = new TreeMap<>();
    for (Map.Entry<String, JsonNode> each : fact.get("responses").properties()) {
      ObjectNode response = JsonMapper.shared().createObjectNode();
      HttpStatus status = HttpStatus.valueOf(Integer.parseInt(each.getKey()));
      response.put("description", status.getReasonPhrase());
      addHeader(response, LOCATED.contains(status), "Location");
      addHeader(
          response,
          fact.get("responses").has("304") && status.value() < HttpStatus.BAD_REQUEST.value(),
          "ETag");
      addContent(response, each.getValue().stringValue());
      responses.put(each.getKey(), response);
    }
    problems(fact).stream()
        .collect(Collectors.groupingBy(ProblemType::status, TreeMap::new, Collectors.toList()))
        .forEach((status, types) -> addProblems(responses, status, types));
    ObjectNode all = JsonMapper.shared().createObjectNode();
    responses.forEach(all::set);
    return all;
  }

  /** What is the same for several requests stands in one place, by the names of its problems. */
  private void addProblems(
      Map<String, ObjectNode> responses, HttpStatus status, List<ProblemType> types) {
    String code = String.valueOf(status.value());
    ObjectNode own = responses.get(code);
    if (own != null) {
      fill(own, status, types);
      return;
    }
    String name = types.stream().map(ProblemType::word).collect(Collectors.joining("."));
    if (!shared.has(name)) {
      fill(shared.putObject(name).put("description", ""), status, types);
    }
    responses.put(code, reference("responses", name));
  }

  private void fill(ObjectNode response, HttpStatus status, List<ProblemType> types) {
    String titles = types.stream().map(ProblemType::title).collect(Collectors.joining(". "));
    String before = response.get("description").stringValue();
    response.put("description", before.isEmpty() ? titles : before + ". " + titles);
    addHeader(response, status == HttpStatus.TOO_MANY_REQUESTS, "Retry-After");
    ObjectNode content = response.withObjectProperty("content").putObject(PROBLEM);
    content.set("schema", schemas.problem());
    ObjectNode examples = content.putObject("examples");
    types.forEach(type -> examples.set(type.word(), reference("examples", type.word())));
  }

  private static ObjectNode reference(String part, String name) {
    return JsonMapper.shared()
        .createObjectNode()
        .put("$ref", "#/components/%s/%s".formatted(part, name));
  }

  private static void addHeader(ObjectNode response, boolean has, String name) {
    if (has) {
      response.withObjectProperty("headers").set(name, reference("headers", name));
    }
  }

  private void addContent(ObjectNode response, String what) {
    switch (what) {
      case "none" -> {}
      case "bytes" -> content(response, "application/octet-stream", bytes());
      case "text", "metrics" -> content(response, "text/plain", Types.of("string"));
      case "object" -> content(response, "application/json", Types.of("object"));
      case "health" ->
          content(response, "application/vnd.spring-boot.actuator.v3+json", Types.of("object"));
      case "events" -> {
        ObjectNode events = content(response, "text/event-stream", Types.of("string"));
        ObjectNode data = events.putObject("x-events");
        data.set("export", schemas.of("dev.sluice.api.ExportView"));
        data.set("progress", schemas.of("dev.sluice.api.events.EventText$Progress"));
        data.set("deleted", schemas.of("dev.sluice.api.ExportView"));
        data.set("reset", Types.of("object"));
      }
      default -> {
        boolean root = what.equals("Root");
        String name = root ? "page.RootController$Root" : what;
        content(response, "application/json", schemas.of("dev.sluice.api." + name));
        if (root) {
          content(response, "text/html", Types.of("string"));
        }
      }
    }
  }

  private static ObjectNode content(ObjectNode response, String type, ObjectNode schema) {
    ObjectNode content = response.withObject("/content").putObject(type);
    content.set("schema", schema);
    return content;
  }

  /** Those that a request can be answered, in the order of their statuses. */
  private List<ProblemType> problems(JsonNode fact) {
    List<String> words = new ArrayList<>();
    for (JsonNode word : facts.part("everywhere")) {
      ProblemType type = of(word);
      boolean access =
          type.status() == HttpStatus.UNAUTHORIZED || type.status() == HttpStatus.FORBIDDEN;
      if (!(fact.has("open") && access)) {
        words.add(type.word());
      }
    }
    fact.path("problems").forEach(word -> words.add(of(word).word()));
    return Stream.of(ProblemType.values()).filter(type -> words.contains(type.word())).toList();
  }

  private static ProblemType of(JsonNode word) {
    return Stream.of(ProblemType.values())
        .filter(type -> type.word().equals(word.stringValue()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no type of problem is " + word));
  }
}
