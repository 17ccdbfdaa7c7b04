package dev.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.configuration.UnusableConfigurationException;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Slow;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Whose word is taken for where a request came from, which the login throttle goes by. */
@Slow("Starts a service for each test.")
@ExtendWith(OutputCaptureExtension.class)
class ForwardedHeadersTest {

  private static final String TOKEN = "operators-token-0001";

  private static OwnService service(String... properties) {
    return OwnService.with(
        Stream.concat(
                Stream.concat(Stream.of("sluice.security.tokens=" + TOKEN), Stream.of(properties)),
                Stream.of("sluice.security.max-failed-logins=1")
                    .filter(_ -> !String.join(" ", properties).contains("max-failed-logins")))
            .toList());
  }

  /** The status of a request with a wrong token, and so whether its address is locked out. */
  private static int guess(OwnService sluice, int host, String... headers) throws Exception {
    return Integer.parseInt(answer(sluice, host, headers).substring(9, 12));
  }

  private static String answer(OwnService sluice, int host, String... headers) throws Exception {
    List<String> lines = new ArrayList<>(List.of("Authorization: Bearer wrong-token-00001"));
    lines.addAll(List.of(headers));
    try (Attacker attacker = new Attacker(sluice.api().resolve("/"))) {
      var socket = attacker.connect(host);
      socket
          .getOutputStream()
          .write(
              "GET /exports HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n\r\n"
                  .formatted(String.join("\r\n", lines))
                  .getBytes());
      return Attacker.answer(socket);
    }
  }

  @Test
  void inKubernetesNobodyIsBelievedWhoIsNotNamed() throws Exception {
    // Spring Boot knows it by its variables, which a test cannot set, or by this key.
    try (OwnService sluice = service("spring.main.cloud-platform=kubernetes")) {
      assertThat(guess(sluice, 1, "X-Forwarded-For: 192.0.2.1")).isEqualTo(401);
      assertThat(guess(sluice, 1, "X-Forwarded-For: 192.0.2.2")).isEqualTo(429);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "framework"})
  void onlyANamedProxyIsBelieved(String strategy) throws Exception {
    try (OwnService sluice =
        service(
            "server.forward-headers-strategy=" + strategy,
            "sluice.security.trusted-proxies=127.0.0.7,127.0.0.8/31")) {
      assertThat(guess(sluice, 7, "X-Forwarded-For: 192.0.2.1")).isEqualTo(401);
      assertThat(guess(sluice, 7, "X-Forwarded-For: 192.0.2.1")).isEqualTo(429);
      assertThat(guess(sluice, 9, "X-Forwarded-For: 10.0.0.1")).isEqualTo(401);
      assertThat(guess(sluice, 9, "X-Forwarded-For: 10.0.0.1")).isEqualTo(429);

      assertThat(guess(sluice, 3, "X-Forwarded-For: 192.0.2.2")).isEqualTo(401);
      assertThat(guess(sluice, 3, "X-Forwarded-For: 192.0.2.3")).isEqualTo(429);
      assertThat(guess(sluice, 7, "X-Forwarded-For: 192.0.2.2"))
          .as("nobody else is locked out by it")
          .isEqualTo(401);
      assertThat(answer(sluice, 8, "X-Forwarded-Prefix: /storage"))
          .contains("\"instance\":\"/storage/exports\"");
      assertThat(answer(sluice, 3, "X-Forwarded-Prefix: /storage"))
          .contains("\"instance\":\"/exports\"");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "framework"})
  void ofAProxysListTheLastAddressCountsThatIsNoProxy(String strategy) throws Exception {
    try (OwnService sluice =
        service(
            "server.forward-headers-strategy=" + strategy,
            "sluice.security.trusted-proxies=127.0.0.7,10.0.0.0/8")) {
      assertThat(guess(sluice, 7, "X-Forwarded-For: 192.0.2.1, 198.51.100.1, 10.0.0.1"))
          .isEqualTo(401);
      assertThat(guess(sluice, 7, "X-Forwarded-For: 192.0.2.2", "X-Forwarded-For: 198.51.100.1"))
          .isEqualTo(429);
      assertThat(guess(sluice, 7, "Forwarded: for=192.0.2.3", "X-Forwarded-For: 198.51.100.1"))
          .isEqualTo(429);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "server.forward-headers-strategy=native | sluice.security.trusted-proxies",
        "server.forward-headers-strategy=framework | sluice.security.trusted-proxies",
        "server.tomcat.remoteip.remote-ip-header=X-Real-IP |"
            + " server.tomcat.remoteip.remote-ip-header",
      })
  void withoutANamedProxyTheServiceDoesNotStart(
      String property, String key, CapturedOutput output) {
    assertThatThrownBy(() -> service(property))
        .hasRootCauseInstanceOf(UnusableConfigurationException.class);

    assertThat(output).contains("APPLICATION FAILED TO START", key);
  }

  @Test
  void whatIsNoAddressIsNoProxy() {
    assertThatThrownBy(() -> service("sluice.security.trusted-proxies=proxy.example.org"))
        .hasStackTraceContaining("trustedProxies");
  }

  @ParameterizedTest
  @CsvSource({"native", "framework"})
  void whatAProxyPassesOnThatIsNoPartOfAUriIsNoError(String strategy, CapturedOutput output)
      throws Exception {
    try (OwnService sluice =
        service(
            "sluice.security.max-failed-logins=1000",
            "server.forward-headers-strategy=" + strategy,
            "sluice.security.trusted-proxies=127.0.0.7")) {
      for (String header : List.of("Prefix", "Host", "Proto", "Port", "For", "Ssl")) {
        for (String odd :
            List.of("/%zz", "{", "a b", "]x[", "/a?b#c", "999999", "[", ":", "a:b:c", ",", "")) {
          assertThat(guess(sluice, 7, "X-Forwarded-" + header + ": " + odd))
              .as("%s %s", header, odd)
              .isEqualTo(401);
        }
      }
      assertThat(output).doesNotContain("\tat ");
    }
  }
}
