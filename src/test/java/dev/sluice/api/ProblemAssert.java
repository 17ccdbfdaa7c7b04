package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.RestClient;
import tools.jackson.databind.JsonNode;

/** What every error has in common. */
final class ProblemAssert {

  private ProblemAssert() {}

  static void assertThatIsProblem(RestClient.Answer answer) {
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    JsonNode problem = answer.json();
    assertThat(problem.get("type").stringValue()).isEqualTo("about:blank");
    assertThat(problem.get("title").stringValue()).isNotBlank();
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
}
