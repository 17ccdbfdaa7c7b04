package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Pki;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.Workspace;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Peers that come by HTTPS, to a service below a prefix that believes a proxy on this machine. */
@Timeout(120)
class HttpPeerTlsIT {

  private static final String TOKEN = "operators-token-0001";
  private static final JsonMapper JSON = new JsonMapper();

  private static Path authority;
  private static OwnService sluice;
  private static URI exports;

  private final Disk disk = Disks.random(64L * Disks.MIB);
  private final Path copy = Workspace.newPath("copy");

  @BeforeAll
  static void start() throws Exception {
    Peers.require("curl", "nbdcopy", "nbdsh");
    Pki pki = Pki.rsa("Sluice tests");
    Path files = Workspace.newFolder("server");
    Pki.writeServer(files, pki.server(), pki);
    authority = pki.folder().resolve("ca-cert.pem");
    List<String> properties = new ArrayList<>(Pki.properties(files, "off", "none"));
    properties.add("server.ssl.bundle=nbd");
    properties.add("server.servlet.context-path=/storage");
    properties.add("server.forward-headers-strategy=native");
    properties.add("sluice.security.trusted-proxies=127.0.0.1");
    properties.add("sluice.security.tokens=" + TOKEN);
    sluice = OwnService.with(properties);
    exports = URI.create("https://127.0.0.1:%d/storage/exports".formatted(sluice.port()));
  }

  @AfterAll
  static void stop() {
    if (sluice != null) { // or there is no curl
      sluice.close();
    }
  }

  @AfterEach
  void tidy() {
    curl("-X", "DELETE", exports + "/web?force").run();
    Workspace.remove(copy);
  }

  private static Command curl(Object... more) {
    return Command.of("curl", "-sS", "--fail-with-body", "--cacert", authority)
        .with("-H", "Authorization: Bearer " + TOKEN)
        .with(more);
  }

  private JsonNode create(String direction, Object... more) {
    String body =
        """
        {"name": "web", "peer": "http", "direction": "%s", "size": %d, "ticket": true}"""
            .formatted(direction, disk.size());
    return JSON.readTree(
        curl("--json", body).with(more).with(exports).run().assertSucceeded().output());
  }

  private static String uri(JsonNode export) {
    return export.at("/uris/0").asString();
  }

  private static JsonNode now() {
    return JSON.readTree(curl(exports + "/web").run().assertSucceeded().output());
  }

  private static void awaitState(String state) {
    await().until(() -> now().get("state").asString().equals(state));
  }

  @Test
  void aPeerGetsTheDisk() {
    JsonNode export = create("write");
    try (Command.Running client = Command.of("nbdcopy", disk.path(), uri(export)).start()) {
      curl("-o", copy, exports + "/web/data").run().assertSucceeded();

      client.await().assertSucceeded();
    }
    assertThat(now().get("state").asString()).isEqualTo("COMPLETED");
    assertThat(Sha256.of(copy)).isEqualTo(disk.sha256());
  }

  @Test
  void aPeerPutsTheDiskWhenItIsInvitedTo() {
    JsonNode export = create("read");
    try (Command.Running peer =
        curl("-v", "-H", "Expect: 100-continue", "-T", disk.path(), exports + "/web/data")
            .start()) {
      Command.of("nbdcopy", uri(export), copy).run().assertSucceeded();

      Command.Result told = peer.await().assertSucceeded();
      assertThat(told.errors()).contains("< HTTP/1.1 100");
      assertThat(told.output()).contains("\"state\":\"COMPLETED\"");
    }
    assertThat(Sha256.of(copy)).isEqualTo(disk.sha256());
  }

  @Test
  void aTicketIsForTheAddressByWhichTheRequestCame() {
    JsonNode export = create("write");
    String url = export.at("/data/url").asString();
    assertThat(url).startsWith(exports + "/web/data?ticket=");

    try (Command.Running client = Command.of("nbdcopy", disk.path(), uri(export)).start()) {
      Command.of("curl", "-sS", "--fail-with-body", "--cacert", authority, "-o", copy, url)
          .run()
          .assertSucceeded();
      client.await().assertSucceeded();
    }
    assertThat(Sha256.of(copy)).isEqualTo(disk.sha256());
  }

  @Test
  void aPeerAfterAProxyIsToldTheProxysAddressAndHasToConfirm() {
    JsonNode export =
        create(
            "write",
            "-H",
            "X-Forwarded-Proto: https",
            "-H",
            "X-Forwarded-Host: sluice.example.org",
            "-H",
            "X-Forwarded-Port: 443",
            "-H",
            "X-Forwarded-Prefix: /tape");
    assertThat(export.at("/data/url").asString())
        .startsWith("https://sluice.example.org/tape/storage/exports/web/data?ticket=");
    Object[] after = {"-H", "X-Forwarded-For: 192.0.2.1"};

    assertThat(curl(after).with(exports + "/web/data").run().assertFailed().output())
        .contains("came through a proxy", "expected ?confirm=true");
    try (Command.Running client = Command.of("nbdcopy", disk.path(), uri(export)).start()) {
      curl(after).with("-o", copy, exports + "/web/data?confirm").run().assertSucceeded();
      String body = "{\"bytes\": %d}".formatted(disk.size());
      curl(after).with("--json", body, exports + "/web/data/confirm").run().assertSucceeded();
      client.await().assertSucceeded();
    }
    assertThat(Sha256.of(copy)).isEqualTo(disk.sha256());
  }

  @Test
  void aStreamThatIsCancelledDoesNotLookWhole() {
    JsonNode export = create("write");
    try (Command.Running peer =
            curl("-o", copy, "--limit-rate", "4M", exports + "/web/data").start();
        Command.Running client = Command.of("nbdcopy", disk.path(), uri(export)).start()) {
      await().until(() -> now().get("position").asLong() > Disks.MIB);

      curl("-X", "DELETE", exports + "/web?force").run().assertSucceeded();

      assertThat(peer.await().exitCode()).isIn(18, 56);
      client.await().assertFailed();
    }
  }

  @Test
  void aPeerThatIsKilledFailsTheStream() {
    JsonNode export = create("write");
    try (Command.Running peer =
            curl("-o", copy, "--limit-rate", "4M", exports + "/web/data").start();
        Command.Running client = Command.of("nbdcopy", disk.path(), uri(export)).start()) {
      await().until(() -> now().get("position").asLong() > Disks.MIB);

      peer.kill();

      client.await().assertFailed();
    }
    awaitState("FAILED");
  }
}
