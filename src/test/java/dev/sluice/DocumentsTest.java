package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The links of the documents lead somewhere, and every document can be reached from the README. */
class DocumentsTest {

  private static final Path FIRST = Path.of("README.md");
  private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```$");
  private static final Pattern CODE = Pattern.compile("`[^`\n]*`");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

  /** A file or a heading that a page points to; no file means the page itself. */
  private record Target(String file, String anchor) {

    static Target of(String link) {
      int hash = link.indexOf('#');
      return hash < 0
          ? new Target(link, "")
          : new Target(link.substring(0, hash), link.substring(hash + 1));
    }

    Path from(Path page) {
      return file.isEmpty() ? page : page.resolveSibling(file).normalize();
    }
  }

  static List<Path> pages() throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path folder : List.of(Path.of("docs"), Path.of("helm"))) {
      try (Stream<Path> files = Files.walk(folder)) {
        found.addAll(files.filter(DocumentsTest::isPage).toList());
      }
    }
    try (Stream<Path> files = Files.list(Path.of(""))) {
      found.addAll(files.filter(DocumentsTest::isPage).toList());
    }
    return found;
  }

  private static boolean isPage(Path file) {
    return file.toString().endsWith(".md");
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyLinkLeadsToAFileAndAHeadingThatExist(Path page) throws IOException {
    for (Target target : targets(page)) {
      Path file = target.from(page);
      assertThat(file).as("%s links to it", page).exists();
      if (!target.anchor().isEmpty()) {
        assertThat(anchors(Files.readString(file)))
            .as("headings of %s, to which %s links", file, page)
            .contains(target.anchor());
      }
    }
  }

  @Test
  void everyPageCanBeReachedFromTheReadme() throws IOException {
    Set<Path> reached = new TreeSet<>(Set.of(FIRST));
    Deque<Path> left = new ArrayDeque<>(reached);
    while (!left.isEmpty()) {
      Path page = left.remove();
      for (Target target : targets(page)) {
        Path file = target.from(page);
        if (isPage(file) && reached.add(file)) {
          left.add(file);
        }
      }
    }
    assertThat(reached).containsExactlyInAnyOrderElementsOf(pages());
  }

  /** As the sites do it that show Markdown. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "## Two words, `code`, /metrics!|two-words-code-metrics",
        "# Roots, FIFOs and pipes|roots-fifos-and-pipes",
        "# snake_case – dash|snake_case--dash"
      })
  void aHeadingHasAnAnchor(String both) {
    assertThat(anchors(both.substring(0, both.indexOf('|'))))
        .containsExactly(both.substring(both.indexOf('|') + 1));
  }

  @Test
  void equalHeadingsHaveDifferentAnchors() {
    assertThat(anchors("# One\n## Same\n### Same\n```\n# no heading\n```\n"))
        .containsExactlyInAnyOrder("one", "same", "same-1");
  }

  private static List<Target> targets(Path page) throws IOException {
    String text = FENCED.matcher(Files.readString(page)).replaceAll("");
    return LINK.matcher(CODE.matcher(text).replaceAll("code"))
        .results()
        .map(link -> link.group(1))
        .filter(link -> !link.contains(":"))
        .map(Target::of)
        .toList();
  }

  private static Set<String> anchors(String text) {
    Map<String, Integer> times = new HashMap<>();
    Set<String> anchors = new TreeSet<>();
    HEADING
        .matcher(FENCED.matcher(text).replaceAll(""))
        .results()
        .map(
            heading ->
                heading
                    .group(1)
                    .strip()
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .replace(' ', '-'))
        .forEach(
            anchor -> {
              int before = times.merge(anchor, 1, Integer::sum) - 1;
              anchors.add(before == 0 ? anchor : anchor + "-" + before);
            });
    return anchors;
  }
}
