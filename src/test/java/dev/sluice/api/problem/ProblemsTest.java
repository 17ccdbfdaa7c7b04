package dev.sluice.api.problem;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.mock.web.MockHttpServletRequest;

class ProblemsTest {

  /** Without an instance, Spring would make one of the path itself, and fail at it. */
  @ParameterizedTest
  @CsvSource({"/exports/a, /exports/a", "//, /", "'/a b', /"})
  void aProblemAlwaysHasAnInstance(String path, String instance) {
    ProblemDetail problem =
        Problems.complete(
            ProblemDetail.forStatus(HttpStatus.NOT_FOUND), path, new MockHttpServletRequest());

    assertThat(problem.getInstance()).hasToString(instance);
  }

  @Test
  void whatHasNoTypeGetsThatOfItsStatusIfThereIsOne() {
    MockHttpServletRequest request = new MockHttpServletRequest();
    ProblemDetail known = ProblemDetail.forStatus(HttpStatus.METHOD_NOT_ALLOWED);
    ProblemDetail unknown = ProblemDetail.forStatus(HttpStatus.GONE);

    Problems.complete(known, "/", request);
    Problems.complete(unknown, "/", request);

    assertThat(known.getType()).hasToString("/problems/wrong-method");
    assertThat(known.getTitle()).isEqualTo(ProblemType.WRONG_METHOD.title());
    assertThat(unknown.getType()).hasToString("about:blank");
    assertThat(unknown.getTitle()).isEqualTo("Gone");
  }
}
