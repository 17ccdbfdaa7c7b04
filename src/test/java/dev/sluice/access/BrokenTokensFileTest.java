package dev.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The REST API of a service whose file of tokens breaks while it runs. */
class BrokenTokensFileTest {

  private static final String OF_FILE = "viewers-token-of-the-file";
  private static final String OF_KEY = "operators-token-0001";

  @TempDir private Path folder;

  @Test
  void itsTokensAreNotGoodUntilItIsMendedAndHealthSaysSo() throws Exception {
    Path file = Files.writeString(folder.resolve("tokens"), "viewer:" + OF_FILE);
    try (OwnService sluice =
        OwnService.with(
            List.of("sluice.security.tokens=" + OF_KEY, "sluice.security.tokens-file=" + file))) {
      RestClient viewer = RestClient.of(sluice, OF_FILE);
      RestClient operator = RestClient.of(sluice, OF_KEY);
      assertThat(viewer.get("/exports").status()).isEqualTo(200);
      assertThat(operator.get("/actuator/health").status()).isEqualTo(200);

      Files.delete(file);

      RestClient.Answer refused = viewer.get("/exports");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.detail()).contains("cannot be checked now");
      assertThat(operator.get("/exports").status()).isEqualTo(200);
      RestClient.Answer health = operator.get("/actuator/health");
      assertThat(health.status()).isEqualTo(503);
      assertThat(health.body()).contains("\"tokens\":{").contains("cannot be read");
      assertThat(operator.get("/readyz").status()).as("for NBD clients").isEqualTo(200);

      Files.writeString(file, "viewer:" + OF_FILE);
      assertThat(viewer.get("/exports").status()).isEqualTo(200);
      assertThat(operator.get("/actuator/health").status()).isEqualTo(200);
    }
  }
}
