package dev.sluice.api.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** docs/problems.md has a section for each type of problem, with an example, and no others. */
class ProblemPagesTest {

  private static final Path PAGE = Path.of("docs", "problems.md");
  private static final Pattern EXAMPLE = Pattern.compile("(?s)```json\n(.*?)```");

  @Test
  void eachTypeHasASectionInTheSameOrder() throws IOException {
    List<String> headings =
        Pattern.compile("(?m)^## (.*)$")
            .matcher(Files.readString(PAGE))
            .results()
            .map(heading -> heading.group(1))
            .toList();

    assertThat(headings)
        .containsExactlyElementsOf(Stream.of(ProblemType.values()).map(ProblemType::word).toList());
  }

  @ParameterizedTest
  @EnumSource(ProblemType.class)
  void aSectionBeginsWithStatusAndTitleAndHasAnExample(ProblemType type) throws IOException {
    String section = ProblemPages.sections().get(type.word());

    assertThat(section)
        .startsWith(
            "%s\n\n**%d: %s.** ".formatted(type.word(), type.status().value(), type.title()));
    List<MatchResult> examples = EXAMPLE.matcher(section).results().toList();
    assertThat(examples).hasSize(1);
    JsonNode example = JsonMapper.shared().readTree(examples.getFirst().group(1));
    assertThat(example.get("type").stringValue()).isEqualTo("/problems/" + type.word());
    assertThat(example.get("title").stringValue()).isEqualTo(type.title());
    assertThat(example.get("status").intValue()).isEqualTo(type.status().value());
    assertThat(example.get("detail").stringValue()).isNotBlank();
    assertThat(URI.create(example.get("instance").stringValue()).getPath()).startsWith("/");
    assertThat(example.has("errors"))
        .isEqualTo(example.has("field"))
        .isEqualTo(example.has("value"));
    if (example.has("errors")) {
      assertThat(example.at("/errors/0/field")).isEqualTo(example.get("field"));
      assertThat(example.at("/errors/0/value")).isEqualTo(example.get("value"));
    }
  }
}
