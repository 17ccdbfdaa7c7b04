package dev.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.configuration.UnusableConfigurationException;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@Slow("Starts a service for each test.")
@ExtendWith(OutputCaptureExtension.class)
class LoopbackUnlessProtectedTest {

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", ""})
  void withoutTokensTheServiceListensOnLoopbackOnly(String address, CapturedOutput output) {
    assertThatThrownBy(() -> OwnService.with(List.of("server.address=" + address)))
        .hasRootCauseInstanceOf(UnusableConfigurationException.class);

    assertThat(output)
        .contains("APPLICATION FAILED TO START", "server.address is", "not a loopback address")
        .contains("SLUICE_SECURITY_TOKENS=", "listen on 127.0.0.1")
        .doesNotContain("NBD listens on");
  }

  @Test
  void theActuatorHasNoPortOfItsOwnWhereNoLimitWouldHold(CapturedOutput output) {
    assertThatThrownBy(
            () ->
                OwnService.with(
                    List.of(
                        "management.server.port=0", "sluice.security.tokens=operators-token-0001")))
        .hasRootCauseInstanceOf(UnusableConfigurationException.class);

    assertThat(output).contains("management.server.port is set", "sluice.health.port");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sluice.security.tokens=operators-token-0001",
        "spring.security.oauth2.resourceserver.jwt.issuer-uri=http://127.0.0.1:9/"
      })
  void withAuthenticationItListensAnywhere(String authentication) {
    try (OwnService sluice = OwnService.with(List.of("server.address=0.0.0.0", authentication))) {
      assertThat(RestClient.anonymous(sluice).get("/exports").status()).isEqualTo(401);
      assertThat(RestClient.anonymous(sluice).get("/readyz").status()).isEqualTo(200);
    }
  }

  @Test
  void withoutTokensThisMachineHasToBeAskedForByAnOwnName() throws IOException {
    try (OwnService sluice = OwnService.with(List.of())) {
      for (String own :
          List.of("localhost", "sluice.localhost", "127.0.0.1", "127.1.2.3", "[::1]")) {
        assertThat(statusLine(sluice, own)).as(own).contains(" 200");
      }
      for (String other : List.of("rebound.example.org", "localhost.example.org")) {
        assertThat(statusLine(sluice, other)).as(other).contains(" 400");
      }
    }
  }

  private static String statusLine(OwnService sluice, String host) throws IOException {
    URI uri = sluice.api().resolve("/exports");
    try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
      socket
          .getOutputStream()
          .write(
              "GET /exports HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                  .formatted(host)
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return answer.lines().findFirst().orElseThrow();
    }
  }
}
