package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each line of the table of threats names tests, which exist. */
class ThreatTableTest {

  private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))`");

  static List<String> threats() throws IOException {
    String page = Files.readString(Path.of("docs", "security.md"));
    String section =
        page.substring(page.indexOf("## Threats"), page.indexOf("Not defended against"));
    return section.lines().filter(line -> line.startsWith("| ")).skip(1).toList();
  }

  private static Set<String> tests() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      return files
          .map(file -> file.getFileName().toString().replaceFirst("\\.java$", ""))
          .collect(Collectors.toSet());
    }
  }

  @ParameterizedTest
  @MethodSource("threats")
  void aLineNamesTestsThatExist(String line) throws IOException {
    List<String> named =
        TEST.matcher(line).results().map((MatchResult match) -> match.group(1)).toList();
    assertThat(named).as(line).isNotEmpty();
    assertThat(tests()).containsAll(named);
  }
}
