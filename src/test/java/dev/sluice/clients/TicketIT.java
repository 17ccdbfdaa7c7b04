package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.Peers;
import dev.sluice.testing.RestClient;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Transport;
import dev.sluice.testing.Workspace;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Programs that are given a URL and nothing else. */
@Timeout(120)
class TicketIT {

  private static final String TOKEN = "operators-token-0001";

  @BeforeAll
  static void requirePeers() {
    Peers.require("wget", "curl", "nbdcopy");
  }

  /** Makes an export; returns the URL of its data. */
  private static String create(SluiceProcess sluice, String name, String direction, long size) {
    RestClient.Answer made =
        RestClient.of(sluice, TOKEN)
            .post(
                """
                {"name": "%s", "peer": "http", "direction": "%s", "size": %d, "ticket": true}"""
                    .formatted(name, direction, size));
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    return made.json().at("/data/url").asString();
  }

  @Test
  void theyMoveWholeDisks() {
    Disk disk = Disks.random(8L * Disks.MIB);
    Path got = Workspace.newPath("got");
    Path copy = Workspace.newPath("copy");
    try (SluiceProcess sluice = SluiceProcess.startWithToken(TOKEN, List.of())) {
      String save = create(sluice, "save", "write", disk.size());
      ExportDocument export = sluice.api().get("save");
      try (Command.Running client =
          Command.of("nbdcopy", disk.path(), Transport.TCP.uri(export)).start()) {
        Command.of("wget", "--quiet", "-O", got, save).run().assertSucceeded();
        client.await().assertSucceeded();
      }
      assertThat(Sha256.of(got)).isEqualTo(disk.sha256());
      assertThat(sluice.api().awaitState("save", "COMPLETED").position()).isEqualTo(disk.size());

      String restore = create(sluice, "restore", "read", disk.size());
      ExportDocument read = sluice.api().get("restore");
      try (Command.Running client = Command.of("nbdcopy", Transport.TCP.uri(read), copy).start()) {
        Command.of("curl", "--fail", "--silent", "-T", disk.path(), restore)
            .run()
            .assertSucceeded();
        client.await().assertSucceeded();
      }
      assertThat(Sha256.of(copy)).isEqualTo(disk.sha256());
      assertThat(sluice.log()).doesNotContain(save.substring(save.indexOf('=') + 1));
    }
  }

  @Test
  void itIsGoodAfterARestart() {
    SluiceProcess sluice = SluiceProcess.startWithToken(TOKEN, List.of());
    try {
      String url = create(sluice, "save", "write", 1);
      sluice.process().kill();
      sluice.process().await();
      SluiceProcess killed = sluice;
      sluice = killed.startAgain();
      killed.close();

      String data = url.substring(url.indexOf("/exports"));
      RestClient nobody = RestClient.anonymous(sluice);
      assertThat(nobody.send("HEAD", data, "").status()).isEqualTo(200);
      assertThat(nobody.send("HEAD", data + "x", "").status()).isEqualTo(401);
    } finally {
      sluice.close();
    }
  }
}
