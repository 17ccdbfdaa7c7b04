package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.problem.ProblemType;
import dev.sluice.testing.RestClient;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** What every error has in common. */
final class ProblemAssert {

  private ProblemAssert() {}

  static void assertThatIsProblem(RestClient.Answer answer) {
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    JsonNode problem = answer.json();
    ProblemType type = type(problem.get("type").stringValue());
    assertThat(type.status().value()).as(type.word()).isEqualTo(answer.status());
    assertThat(problem.get("title").stringValue()).isEqualTo(type.title());
    assertThat(problem.get("status").intValue()).isEqualTo(answer.status());
    assertThat(problem.get("detail").stringValue()).isNotBlank();
    assertThat(problem.get("instance").stringValue()).startsWith("/");
    assertThat(problem.propertyNames())
        .isSubsetOf("type", "title", "status", "detail", "instance", "field", "value", "errors");
    assertThat(problem.has("errors")).isEqualTo(problem.has("field"));
    if (problem.has("errors")) {
      JsonNode first = problem.get("errors").get(0);
      assertThat(first.get("field")).isEqualTo(problem.get("field"));
      assertThat(first.get("value")).isEqualTo(problem.get("value"));
      assertThat(problem.get("detail").stringValue())
          .isEqualTo(first.get("field").stringValue() + ": " + first.get("detail").stringValue());
    }
  }

  private static ProblemType type(String uri) {
    assertThat(uri).startsWith(ProblemType.PATH);
    return Stream.of(ProblemType.values())
        .filter(type -> uri.equals(ProblemType.PATH + type.word()))
        .findFirst()
        .orElseThrow(() -> new AssertionError(uri));
  }
}
