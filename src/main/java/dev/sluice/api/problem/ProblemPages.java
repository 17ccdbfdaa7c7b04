package dev.sluice.api.problem;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.core.io.ClassPathResource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Serves the page at the URI of a problem type: its section of docs/problems.md, as plain text. */
@RestController
class ProblemPages {

  /** Browsers display this type; not all display Markdown. */
  private static final String TEXT = "text/plain;charset=UTF-8";

  private static final String HEADING = "\n## ";

  @GetMapping(path = ProblemType.PATH + "{type}", produces = TEXT)
  String page(@PathVariable String type) throws IOException {
    String section = sections().get(type);
    if (section == null) {
      throw new ProblemException(
          ProblemType.NO_SUCH_PATH,
          "there is no such type of problem; expected one of "
              + Stream.of(ProblemType.values())
                  .map(ProblemType::word)
                  .collect(Collectors.joining(", ")));
    }
    return section;
  }

  /** Returns the sections by their headings. It is read each time, because requests are rare. */
  static Map<String, String> sections() throws IOException {
    String page =
        new ClassPathResource("docs/problems.md").getContentAsString(StandardCharsets.UTF_8);
    Map<String, String> sections = new HashMap<>();
    for (int at = page.indexOf(HEADING); at >= 0; ) {
      int start = at + HEADING.length();
      at = page.indexOf(HEADING, start);
      String section = page.substring(start, at < 0 ? page.length() : at);
      sections.put(section.lines().findFirst().orElseThrow(), section);
    }
    return sections;
  }
}
