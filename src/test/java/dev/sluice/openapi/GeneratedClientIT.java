package dev.sluice.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Peers;
import dev.sluice.testing.RestClient;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A client in TypeScript that openapi-generator makes of the description which a service returns.
 */
class GeneratedClientIT {

  private static final String TOKEN = "operators-token-0001";

  private static Path tools;

  private final Path folder = Workspace.newFolder("generated");

  @BeforeAll
  static void requireGenerator() {
    Peers.require("node");
    tools = Path.of(Objects.requireNonNullElse(System.getenv("SLUICE_GENERATOR"), "none"));
    Peers.requireFile(
        tools.resolve("openapi-generator-cli.jar"), "there is no openapi-generator (.ci/prepare)");
    Peers.requireFile(typescript(), "there is no TypeScript (.ci/prepare)");
  }

  private static Path typescript() {
    return tools.resolve("node_modules/typescript/bin/tsc");
  }

  @AfterEach
  void remove() {
    Workspace.remove(folder);
  }

  @Test
  void makesWatchesAndDeletesAnExport() throws IOException {
    try (OwnService sluice = OwnService.with("sluice.security.tokens=" + TOKEN)) {
      RestClient.Answer description = RestClient.of(sluice, TOKEN).get("/v3/api-docs");
      Files.writeString(folder.resolve("sluice.json"), description.body());
      generate();
      compile();

      String service = "http://127.0.0.1:" + sluice.port();
      String said =
          Command.of("node", folder.resolve("js/client.js"), service, TOKEN)
              .run()
              .assertSucceeded()
              .output();

      assertThat(said.lines())
          .containsExactly(
              "made: WAITING 1048576 " + service + "/exports/made/data",
              "again: 409 /problems/already-in-use",
              "changed: 4096",
              "listed: made true",
              "ended: CANCELLED",
              "told: true",
              "gone: 404 /problems/no-such-export");
    }
  }

  private void generate() {
    run(
        Command.of(
            Path.of(System.getProperty("java.home"), "bin", "java"),
            "-jar",
            tools.resolve("openapi-generator-cli.jar"),
            "generate",
            "-i",
            folder.resolve("sluice.json"),
            "-g",
            "typescript-fetch",
            "-o",
            folder.resolve("sluice")));
  }

  private void compile() throws IOException {
    try (InputStream program = getClass().getResourceAsStream("client.ts")) {
      Files.copy(Objects.requireNonNull(program), folder.resolve("client.ts"));
    }
    run(
        Command.of("node", typescript(), "--strict", "--target", "es2022", "--module", "commonjs")
            .with("--lib", "es2022,dom", "--outDir", folder.resolve("js"))
            .with(folder.resolve("client.ts")));
  }

  /** Both take most of their time to start. */
  private static void run(Command command) {
    try (Command.Running running = command.start()) {
      running.await(Duration.ofMinutes(5)).assertSucceeded();
    }
  }
}
