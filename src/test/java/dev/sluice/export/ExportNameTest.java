package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExportNameTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "0", "vm1-disk0", "A.b_C-9", "...", ".a", "-", "_"})
  void lettersDigitsAndThreeSignsMakeAName(String name) {
    assertThat(ExportName.complaint(name)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", ".", "..", "a/b", "a b", "a\n", "\n", "a%", "a:b", "\u00e9", "\u0661", "a\u0000"
      })
  void anythingElseIsNoName(String name) {
    assertThat(ExportName.complaint(name)).isPresent();
  }

  @Test
  void aNameHasAtMost128Characters() {
    assertThat(ExportName.complaint("x".repeat(128))).isEmpty();
    assertThat(ExportName.complaint("x".repeat(129))).isPresent();
  }

  @Test
  void aRandomNameIsValidAndNew() {
    assertThat(Stream.generate(ExportName::random).limit(1000).collect(Collectors.toSet()))
        .hasSize(1000)
        .allMatch(name -> name.length() == 32 && ExportName.complaint(name).isEmpty());
  }
}
