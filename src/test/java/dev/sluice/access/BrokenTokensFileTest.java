package dev.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.OwnService;
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
      Api viewer = new Api(sluice, OF_FILE);
      Api operator = new Api(sluice, OF_KEY);
      assertThat(viewer.get("/exports").status()).isEqualTo(200);
      assertThat(operator.get("/actuator/health").status()).isEqualTo(200);

      Files.delete(file);

      Api.Answer refused = viewer.get("/exports");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.detail()).contains("cannot be checked now");
      assertThat(operator.get("/exports").status()).isEqualTo(200);
      Api.Answer health = operator.get("/actuator/health");
      assertThat(health.status()).isEqualTo(503);
      assertThat(health.response().body()).contains("\"tokens\":{").contains("cannot be read");
      assertThat(operator.get("/readyz").status()).as("for NBD clients").isEqualTo(200);

      Files.writeString(file, "viewer:" + OF_FILE);
      assertThat(viewer.get("/exports").status()).isEqualTo(200);
      assertThat(operator.get("/actuator/health").status()).isEqualTo(200);
    }
  }
}
