package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of Kubernetes for labels. */
class LabelsTest {

  private static final String LONGEST = "x".repeat(63);

  @ParameterizedTest
  @CsvSource({"a, b", "app.kubernetes.io/name, sluice", "A_b-c.9, 0.1_2-B", "job, ''"})
  void aLabelOfKubernetesIsOne(String key, String value) {
    assertThat(Labels.of(Map.of(key, value)).map()).containsExactly(Map.entry(key, value));
  }

  @Test
  void theLongestWordsAreThoseOfKubernetes() {
    String prefix = "x".repeat(253);
    Labels.of(Map.of(prefix + "/" + LONGEST, LONGEST));

    for (Map<String, String> tooLong :
        java.util.List.of(
            Map.of("x" + prefix + "/a", ""),
            Map.of("x" + LONGEST, ""),
            Map.of("a", "x" + LONGEST))) {
      assertThatThrownBy(() -> Labels.of(tooLong)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "/", "a/", "/a", "-a", "a-", "a b", "ä", "A.io/a", "a..b/c", "a/b/c", "a\n", "_"
      })
  void anotherKeyIsRefused(String key) {
    assertThatThrownBy(() -> Labels.of(Map.of(key, "")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + key + "\"")
        .hasMessageContaining("expected");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-a", "a.", "a b", "a/b", "ä", "a\n", "a,b", "a=b"})
  void anotherValueIsRefused(String value) {
    assertThatThrownBy(() -> Labels.of(Map.of("a", value)))
        .hasMessageContaining("the value of \"a\"");
  }

  @Test
  void thereAreSixteenAtMost() {
    Map<String, String> most =
        IntStream.range(0, Labels.MOST).boxed().collect(Collectors.toMap(i -> "k" + i, _ -> ""));
    assertThat(Labels.of(most).map()).hasSize(16);

    most.put("another", "");
    assertThatThrownBy(() -> Labels.of(most)).hasMessageContaining("16 labels at most");
  }
}
