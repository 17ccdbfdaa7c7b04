package dev.sluice.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.Typed;
import dev.sluice.cli.common.Surroundings;
import dev.sluice.cli.remote.OtherServer.Reply;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who gets the token when a service says that another one has the data. */
@Timeout(60)
class RedirectedDataTest {

  private static final String TOKEN = "operators-token-0001";
  private static final String OPEN =
      """
      {"id": "~1", "name": "disk", "direction": "write", "state": "WAITING", "position": 0}\
      """;
  private static final String ENDED =
      """
      {"id": "~1", "name": "disk", "direction": "write", "state": "COMPLETED", "position": 3,
       "startedAt": "2026-01-01T00:00:00Z", "endedAt": "2026-01-01T00:00:01Z"}\
      """;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private Typed data(OtherServer first, String token, String... more) {
    Map<String, String> variables =
        Map.of("SLUICE_URL", "http://127.0.0.1:" + first.port(), "SLUICE_TOKEN", token);
    Surroundings surroundings =
        new Surroundings(variables::get, () -> 0, new ByteArrayInputStream(new byte[0]), out);
    return Typed.run(
        surroundings,
        Stream.concat(Stream.of("data", "disk"), Stream.of(more)).toArray(String[]::new));
  }

  /** It knows an export, and who has its data. */
  private static OtherServer sendingTo(int port) throws IOException {
    String there = "http://localhost:%d/exports/disk/data?confirm=true".formatted(port);
    return OtherServer.answering(
        (path) ->
            path.endsWith("/data")
                ? new Reply(307, "", "Location", there)
                : new Reply(200, path.endsWith("~1") ? ENDED : OPEN));
  }

  @Test
  void aTokenGoesNowhereElseUnlessSomebodyHasSaidSo() throws Exception {
    try (OtherServer pod = OtherServer.answering(200, "abc");
        OtherServer first = sendingTo(pod.port())) {
      Typed refused = data(first, TOKEN);

      assertThat(refused.exitCode()).isEqualTo(3);
      assertThat(refused.err())
          .contains(
              "says that the data is at http://localhost:%d;".formatted(pod.port()),
              "the token is sent there only with --location-trusted")
          .doesNotContain(TOKEN);
      assertThat(pod.requests()).isZero();
      assertThat(out.size()).isZero();

      Typed typed = data(first, TOKEN, "--location-trusted");

      assertThat(typed.err()).startsWith("disk is COMPLETED");
      assertThat(typed.exitCode()).isZero();
      assertThat(out).hasToString("abc");
      assertThat(pod.tokens()).containsExactly("Bearer " + TOKEN);
    }
  }

  @Test
  void whoeverHasNoTokenLosesNone() throws Exception {
    try (OtherServer pod = OtherServer.answering(200, "abc");
        OtherServer first = sendingTo(pod.port())) {
      Typed typed = data(first, "");

      assertThat(typed.err()).startsWith("disk is COMPLETED");
      assertThat(out).hasToString("abc");
      assertThat(pod.tokens()).containsExactly("null");
    }
  }

  @Test
  void nobodyIsSentOnTwice() throws Exception {
    try (OtherServer third = OtherServer.answering(200, "abc");
        OtherServer second = sendingTo(third.port());
        OtherServer first = sendingTo(second.port())) {
      Typed typed = data(first, TOKEN, "--location-trusted");

      assertThat(typed.exitCode()).isEqualTo(3);
      assertThat(typed.err())
          .contains("the data is not at http://localhost:%d any more".formatted(second.port()))
          .contains("try again");
      assertThat(third.requests()).isZero();
    }
  }

  @Test
  void aTokenThatGoesElsewhereUnencryptedIsWarnedOf() throws Exception {
    try (OtherServer first =
        OtherServer.answering(
            (path) ->
                path.endsWith("/data")
                    ? new Reply(307, "", "Location", "http://sluice.invalid/exports/disk/data")
                    : new Reply(200, ENDED))) {
      Typed typed = data(first, TOKEN, "--location-trusted");

      assertThat(typed.err())
          .contains("sluice: warning: the token goes to sluice.invalid unencrypted");
    }
  }
}
