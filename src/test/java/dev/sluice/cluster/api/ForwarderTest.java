package dev.sluice.cluster.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.problem.ProblemException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwarderTest {

  private static final URI API = URI.create("http://sluice-1:8080/");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "ALL          | -              | -   | http://sluice-1:8080/exports/a",
        "ALL          | waitFor=ended  | -   | http://sluice-1:8080/exports/a?waitFor=ended",
        "FINISH       | -              | -   | http://sluice-1:8080/exports/a/finish",
        "DATA         | -              | abc | http://sluice-1:8080/exports/a/data?ticket=abc",
        "CONFIRMATION | x=1%20         | abc | http://sluice-1:8080/exports/a/data/confirm?x=1%20&ticket=abc"
      })
  void aRequestGoesToTheSamePathOfTheOtherPod(
      ApiPath.Part part, String query, String ticket, String expected) {
    assertThat(Forwarder.target(new ApiPath("a", part), query, ticket, API)).hasToString(expected);
  }

  @Test
  void aQueryThatIsNoneIsRefused() {
    assertThatThrownBy(
            () -> Forwarder.target(new ApiPath("a", ApiPath.Part.ALL), "x=%zz", null, API))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("two hexadecimal digits");
  }
}
