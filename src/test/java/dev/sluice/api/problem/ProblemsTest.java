package dev.sluice.api.problem;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpStatus;

class ProblemsTest {

  /** Without an instance, Spring would make one of the path itself, and fail at it. */
  @ParameterizedTest
  @CsvSource({"/exports/a, /exports/a", "//, /", "'/a b', /"})
  void aProblemAlwaysHasAnInstance(String path, String instance) {
    assertThat(Problems.of(HttpStatus.NOT_FOUND, null, path).getInstance()).hasToString(instance);
  }
}
