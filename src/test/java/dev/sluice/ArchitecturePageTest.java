package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What docs/architecture.md, and the pages for those who change the code, say of the code. */
class ArchitecturePageTest {

  private static final Path PAGE = Path.of("docs", "architecture.md");
  private static final Path HELD_BY = Path.of("src/test/java/dev/sluice/ArchitectureTest.java");

  /** In the source of {@link ArchitectureTest}: the packages, or the parts of one. */
  private static final Pattern LAYERS = Pattern.compile("(?s)layeredArchitecture\\(\\)\n.*?;");

  /** In it: a layer, and which layers it may access. */
  private static final Pattern LAYER =
      Pattern.compile(
          "\\.whereLayer\\(\"([\\w.]+)\"\\)\\s+\\.may(?:NotAccessAnyLayer\\(\\)"
              + "|OnlyAccessLayers\\(([^)]*)\\))");

  /** In the page: a package or a part of one, and which others it may use. */
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `(?:dev\\.sluice\\.)?([\\w.]+)` \\|[^|]*\\|([^|]*)\\|$");

  /** A package in either list. */
  private static final Pattern NAME = Pattern.compile("[`\"]([a-z.]+)[`\"]");

  /** A class, or a member of one. */
  private static final Pattern CLASS = Pattern.compile("`([A-Z]\\w*[a-z]\\w*)(?:\\.\\w+)?`");

  private static final Set<String> FOREIGN =
      Set.of(
          "Accepted",
          "Complete",
          "ETag",
          "EventSource",
          "Failed",
          "IfNotStarted",
          "Location",
          "Never",
          "NoRoom",
          "Origin",
          "OwnerLost",
          "Path",
          "Ready",
          "RestrictSUIDSGID",
          "SSLEngine",
          "SseEmitter",
          "SslContext",
          "Test",
          "ValidationMessages",
          "Validator",
          "X500Principal");

  @Test
  void theTableOfPackagesIsTheOneThatIsHeld() throws IOException {
    Map<String, Set<String>> held = held(0);
    held.remove("root"); // uses all
    Map<String, Set<String>> told = told("## Packages", "### Inside");
    told.remove("management"); // uses all

    assertThat(told).isEqualTo(held);
  }

  @Test
  void theTableOfTheStreamsPartsIsTheOneThatIsHeld() throws IOException {
    Map<String, Set<String>> told = told("### Inside `stream`", "## How to read");
    told.remove("bytes"); // uses all

    assertThat(told).isEqualTo(held(1));
  }

  static List<Path> pages() throws IOException {
    return DocumentsTest.pages().stream()
        .filter(page -> !page.startsWith("helm") && !page.endsWith("CHANGELOG.md"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyClassThatAPageNamesExists(Path page) throws IOException {
    Set<String> named =
        CLASS
            .matcher(Files.readString(page))
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    named.removeAll(FOREIGN);
    named.removeAll(classes());

    assertThat(named).as("classes that %s names and that there are not", page).isEmpty();
  }

  private static Map<String, Set<String>> held(int table) throws IOException {
    List<MatchResult> tables = LAYERS.matcher(Files.readString(HELD_BY)).results().toList();
    return found(LAYER, tables.get(table).group());
  }

  private static Map<String, Set<String>> told(String from, String to) throws IOException {
    String page = Files.readString(PAGE);
    return found(ROW, page.substring(page.indexOf(from), page.indexOf(to)));
  }

  private static Map<String, Set<String>> found(Pattern pattern, String text) {
    Map<String, Set<String>> found = new TreeMap<>();
    pattern.matcher(text).results().forEach(row -> found.put(row.group(1), names(row.group(2))));
    assertThat(found).hasSizeGreaterThan(5);
    return found;
  }

  private static Set<String> names(@Nullable String list) {
    return list == null
        ? new TreeSet<>()
        : NAME.matcher(list)
            .results()
            .map(name -> name.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> classes() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".java"))
          .map(name -> name.substring(0, name.length() - ".java".length()))
          .collect(Collectors.toSet());
    }
  }
}
