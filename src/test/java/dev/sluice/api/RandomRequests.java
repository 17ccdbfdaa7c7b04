package dev.sluice.api;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** HTTP requests for exports: right, or wrong in one or two places. */
final class RandomRequests {

  /** Few, so that requests meet each other's exports. */
  static final List<String> NAMES = List.of("a", "b", "c", "d", "e");

  private static final List<String> METHODS =
      List.of("GET", "POST", "POST", "POST", "PUT", "PATCH", "DELETE", "DELETE", "HEAD", "OPTIONS");
  private static final List<String> ODD_METHODS =
      List.of("TRACE", "BREW", "get", "CONNECT", "PROPFIND");
  private static final List<String> ODD_NAMES =
      List.of(
          ".",
          "..",
          "%2e%2e",
          "%2F",
          "%00",
          "%",
          "%zz",
          "a;b=c",
          "ä",
          "%C3%A4",
          "a/b",
          "a//b",
          "a\\b",
          "*",
          "x".repeat(129),
          "x".repeat(5000),
          "a?force=maybe",
          "%0d%0aX: y");
  private static final List<String> PATHS =
      List.of(
          "/",
          "/error",
          "/livez",
          "/actuator",
          "/actuator/health",
          "/actuator/metrics/none",
          "/actuator/prometheus",
          "/actuator/sbom/none",
          "/exports/",
          "/problems/none",
          "/problems/wrong-fields",
          "/v3/api-docs",
          "/favicon.ico",
          "//exports");
  private static final List<String> SUFFIXES =
      List.of("/finish", "/finish", "/data", "/data/confirm", "/events");
  private static final List<String> TYPES =
      List.of(
          "text/plain",
          "application/json; charset=utf-16",
          "application/xml",
          "nonsense",
          "*/*",
          "application/merge-patch+json",
          "multipart/form-data");
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "0",
          "-1",
          "1",
          "1e999",
          "0.5",
          "9223372036854775807",
          "9223372036854775808",
          "-9223372036854775809",
          "1" + "0".repeat(400),
          "\"\"",
          "\"1s\"",
          "\"8E\"",
          "\"1k\"",
          "\"-5m\"",
          "\"PT1S\"",
          "\"999999999999d\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"zero\"",
          "\"SHA-256\"",
          "\"SHA-1\"",
          "\"write\"",
          "\"sideways\"",
          "{}",
          "[]",
          "[1, \"a\", null]",
          "{\"a\": {\"b\": []}}",
          "\"" + "y".repeat(3000) + "\"");
  private static final List<String> FIELDS =
      List.of(
          ("name,path,peer,ticket,direction,size,listen,listed,clients,labels,reorderWindow,"
                  + "headWindow,resumeWindow,peerTimeout,idleTimeout,resumeTimeout,lifetime,padTail,"
                  + "acceptClose,acceptUnread,acceptExcess,copy,digest,rateLimit,pad,unknown,,\\u0000")
              .split(","));

  private final Random random;
  private final Path root;
  private final String token;

  RandomRequests(Random random, Path root, String token) {
    this.random = random;
    this.root = root;
    this.token = token;
  }

  static byte[] request(String method, String path, String token, String body) {
    return bytes(
        """
        %s %s HTTP/1.1\r
        Host: localhost\r
        Connection: close\r
        Authorization: Bearer %s\r
        Content-Type: application/json\r
        Content-Length: %d\r
        \r
        %s\
        """
            .formatted(method, path, token, body.getBytes(StandardCharsets.UTF_8).length, body));
  }

  byte[] next() {
    String method = oneIn(15) ? any(ODD_METHODS) : any(METHODS);
    String path = oneIn(15) ? any(PATHS) : path(method);
    byte[] request = request(method, path, token, body(method, path));
    if (oneIn(8)) {
      request = withOddHeader(request);
    }
    if (oneIn(12)) {
      request = damaged(request);
    }
    return request;
  }

  private String path(String method) {
    if (method.equals("POST") && !oneIn(3)) {
      return "/exports";
    }
    String name = oneIn(8) ? any(ODD_NAMES) : any(NAMES);
    String suffix = method.equals("POST") || oneIn(5) ? any(SUFFIXES) : "";
    String query = oneIn(6) ? "?force=" + any(List.of("true", "false", "", "1", "perhaps")) : "";
    return "/exports/" + name + suffix + query;
  }

  private String body(String method, String path) {
    if (oneIn(20)) {
      return any(List.of("", "{", "[]", "null", "\"text\"", "{} {}", "[".repeat(5000)));
    }
    return switch (method) {
      case "POST", "PUT" -> posted(path);
      case "PATCH" -> "{\"rateLimit\": %s, \"size\": %s}".formatted(any(VALUES), any(VALUES));
      default -> oneIn(10) ? "{}" : "";
    };
  }

  private String posted(String path) {
    if (path.contains("/confirm")) {
      return "{\"bytes\": %s}".formatted(any(VALUES));
    }
    return path.contains("/finish") ? any(List.of("", "{\"pad\": \"zero\"}")) : export();
  }

  private String export() {
    StringBuilder json = new StringBuilder("{");
    field(json, "name", quoted(oneIn(10) ? any(ODD_NAMES) : any(NAMES)));
    if (oneIn(3)) {
      field(json, "peer", quoted("http"));
    } else {
      field(json, "path", quoted(root.resolve("pipe" + random.nextInt(5)).toString()));
    }
    field(json, "direction", quoted(random.nextBoolean() ? "write" : "read"));
    while (random.nextBoolean()) {
      field(json, any(FIELDS), any(VALUES));
    }
    return json + " }" + (oneIn(100) ? " ".repeat(70_000) : "");
  }

  private void field(StringBuilder json, String name, String value) {
    String given = oneIn(12) ? any(VALUES) : value;
    json.append(json.length() > 1 ? ", " : "").append(quoted(name)).append(": ").append(given);
  }

  private static String quoted(String text) {
    return "\"" + text + "\"";
  }

  private byte[] withOddHeader(byte[] request) {
    String header =
        switch (random.nextInt(8)) {
          case 0 -> "Accept: " + any(TYPES);
          case 1 -> "Content-Type: " + any(TYPES);
          case 2 -> "Transfer-Encoding: chunked";
          case 3 -> "Content-Length: " + random.nextInt(-2, 10);
          case 4 -> "X-Odd: " + (char) random.nextInt(1, 32) + "é";
          case 5 -> "Cookie: JSESSIONID=1; a=" + "b".repeat(random.nextInt(9000));
          case 6 -> "Accept-Language: " + any(List.of("*", "xx-XX;q=2", "de, en;q=0.5"));
          default -> "Range: bytes=0-" + random.nextInt();
        };
    String text = new String(request, StandardCharsets.UTF_8);
    int at = text.indexOf("\r\n") + 2;
    return bytes(text.substring(0, at) + header + "\r\n" + text.substring(at));
  }

  /** Some bytes are others, or are missing. */
  private byte[] damaged(byte[] request) {
    byte[] damaged = request.clone();
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
    }
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    int length = oneIn(3) ? random.nextInt(1, damaged.length) : damaged.length;
    kept.write(damaged, 0, length);
    // Whatever it says of its length, it ends: what is read of it is an answer then.
    return kept.toByteArray();
  }

  private boolean oneIn(int times) {
    return random.nextInt(times) == 0;
  }

  private String any(List<String> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
