package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.Link;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Transport;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The example of docs/rest.md, whose scripts run where the peer is: in another network. */
@Timeout(180)
class OtherMachineIT {

  private static final String TOKEN = "operators-token-0001";
  private static final long SIZE = 64L * Disks.MIB;

  private final Path folder = Workspace.newFolder("backup");

  @BeforeAll
  static void requirePeers() {
    Peers.requireRoot();
    Peers.require("ip", "curl", "zstd", "qemu-img", "nbdcopy");
  }

  private static String example(String name) throws IOException {
    Matcher block =
        Pattern.compile("<!-- example: " + name + " -->\n\n```sh\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("docs", "rest.md")));
    assertThat(block.find()).as(name).isTrue();
    return block.group(1);
  }

  private Command.Running start(String example, SluiceProcess sluice, Link link)
      throws IOException {
    String api = "http://%s:%d".formatted(link.nearAddress(), sluice.api().resolve("/").getPort());
    return link.atTheFarEnd(
            Command.of("env", "SLUICE=" + api, "TOKEN=" + TOKEN)
                .with("bash", "-c", "cd \"$0\" && " + example(example), folder))
        .start();
  }

  private static URI awaitExport(String name, SluiceProcess sluice) {
    await().until(() -> sluice.api().statusOf("/exports/" + name) == 200);
    return Transport.TCP.uri(sluice.api().get(name));
  }

  @Test
  void aDiskIsSavedAndRestored() throws Exception {
    Disk disk = Disks.random(SIZE);
    Path copy = Workspace.newPath("copy");
    try (Link link = Link.make();
        SluiceProcess sluice =
            SluiceProcess.startWithToken(TOKEN, List.of("-Dserver.address=0.0.0.0"))) {
      try (Command.Running peer = start("save", sluice, link)) {
        URI uri = awaitExport("vm1", sluice);
        Command.of("qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", disk.path(), uri)
            .run()
            .assertSucceeded();
        peer.await().assertSucceeded();
      }
      ExportDocument saved = sluice.api().get("vm1");
      assertThat(saved.state()).isEqualTo("COMPLETED");
      assertThat(saved.digestValue()).isEqualTo(disk.sha256());

      try (Command.Running peer = start("restore", sluice, link)) {
        Command.of("nbdcopy", awaitExport("vm1-back", sluice), copy).run().assertSucceeded();
        peer.await().assertSucceeded();
      }
      assertThat(Sha256.of(copy)).isEqualTo(disk.sha256());
      assertThat(sluice.api().get("vm1-back").state()).isEqualTo("COMPLETED");
    }
  }
}
