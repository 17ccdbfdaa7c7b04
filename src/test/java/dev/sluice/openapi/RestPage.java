package dev.sluice.openapi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The tables of docs/rest.md, which own what the description says of requests and fields. */
final class RestPage {

  private static final Path PAGE = Path.of("docs", "rest.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[^|]*) \\|(?:.* \\|)? (.*) \\|$");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern LINK = Pattern.compile("\\[([^]]*)]\\([^)]*\\)");

  private final Map<String, String> requests;
  private final Map<String, String> sent;
  private final Map<String, String> shown;
  private final Map<String, String> parameters;

  RestPage() {
    String page;
    try {
      page = Files.readString(PAGE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    requests = rows(page, "## Requests", "### Errors");
    sent = rows(page, "## Make an export", "## What an export shows");
    shown = rows(page, "## What an export shows", "## States");
    parameters = rows(page, "## List exports", "## Wait for an export");
  }

  private static Map<String, String> rows(String page, String from, String to) {
    Map<String, String> rows = new LinkedHashMap<>();
    String section = page.substring(page.indexOf(from), page.indexOf(to));
    for (MatchResult row : ROW.matcher(section).results().toList()) {
      for (MatchResult name : CODE.matcher(row.group(1)).results().toList()) {
        rows.put(name.group(1), plain(row.group(2)));
      }
    }
    return rows;
  }

  /** Without links, which lead to other pages. */
  private static String plain(String text) {
    return LINK.matcher(text).replaceAll("$1");
  }

  /** What a request does, such as {@code GET /exports/{name}}; null if no row says so. */
  String request(String methodAndPath) {
    return requests.get(methodAndPath.replace("{name}", "NAME").replace("{type}", "TYPE"));
  }

  /** What a field of a request means; null if no row says so. */
  String sent(String name) {
    return sent.get(name);
  }

  /** What a field of an export means; null if no row says so. */
  String shown(String name) {
    return shown.getOrDefault(name, sent.get(name));
  }

  /** What a query parameter of a list does; null if no row says so. */
  String parameter(String name) {
    return parameters.get(name);
  }
}
