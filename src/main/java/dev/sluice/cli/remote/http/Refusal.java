package dev.sluice.cli.remote.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Turns a refusal of the service (an RFC 9457 problem) into the words of the command line. */
final class Refusal {

  private static final int BAD_REQUEST = 400;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;

  /** Fields whose option has another name. */
  private static final Map<String, String> FIELDS =
      Map.of(
          "name", "name",
          "path", "write= or read=",
          "direction", "write= or read=",
          "size", "size=",
          "label", "-l",
          "labels", "--label",
          "clients", "--subject or --network",
          "clients.subjects", "--subject",
          "clients.networks", "--network");

  private static final Map<String, String> WORDS =
      Map.of(
          "?force=true", "--force",
          "{\"pad\": \"zero\"}", "--pad-tail",
          "{\"unread\": \"accept\"}", "--accept-unread");

  private Refusal() {}

  /** Returns whether a body is a problem of the service. */
  static boolean isProblem(JsonNode body) {
    return body.path("status").isInt() && body.path("detail").isString();
  }

  /**
   * Returns what is wrong and what to do, one line for each field.
   *
   * @param retryAfter the Retry-After header: after how many seconds to try again; empty if it is
   *     not set
   */
  static String text(int status, JsonNode problem, String retryAfter) {
    List<String> lines = new ArrayList<>();
    for (JsonNode error : problem.path("errors")) {
      JsonNode value = error.path("value");
      String given = value.isNull() ? "" : value.asString() + ": ";
      String option = option(status, error.path("field").asString());
      lines.add(option + given + error.path("detail").asString());
    }
    if (lines.isEmpty()) {
      lines.add(problem.path("detail").asString());
    }
    lines.add(lines.removeLast() + remedy(status, retryAfter));
    return inWords(String.join("\n", lines));
  }

  /**
   * Returns what to put before the complaint about a field. A name that is valid by itself needs
   * nothing.
   */
  private static String option(int status, String field) {
    if (field.equals("name") && status != BAD_REQUEST) {
      return "";
    }
    String known = FIELDS.get(field);
    if (known == null) {
      String words = field.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
      return "--" + words + "=";
    }
    return known + (known.endsWith("=") ? "" : " ");
  }

  private static String inWords(String text) {
    String inWords = text;
    for (Map.Entry<String, String> each : WORDS.entrySet()) {
      inWords = inWords.replace(each.getKey(), each.getValue());
    }
    return inWords;
  }

  private static String remedy(int status, String retryAfter) {
    return switch (status) {
      case UNAUTHORIZED ->
          " (%s, %s and --token-file say which token is sent)"
              .formatted(BearerToken.VARIABLE, BearerToken.FILE_VARIABLE);
      case FORBIDDEN -> " (another token may)";
      case NOT_FOUND -> " ('sluice list' shows what there is)";
      default -> retryAfter.isEmpty() ? "" : " (try again in %s s)".formatted(retryAfter);
    };
  }
}
