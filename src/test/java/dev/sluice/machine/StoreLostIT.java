package dev.sluice.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.Peers;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Transport;
import dev.sluice.testing.Workspace;
import dev.sluice.testing.WriteTrial;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The store is full or lost while streams run: they go on, and nothing new is made. */
@Timeout(180)
class StoreLostIT {

  private static final long PAUSE = 10L * Disks.MIB + 12_345;
  private static final int MANY = 1000;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path root = Workspace.newPath("root");
  private final Path store = Path.of(root + ".store");

  @BeforeAll
  static void requirePeers() {
    Peers.require("nbdcopy", "unshare");
  }

  /** In the middle of a stream. */
  private interface Mischief {
    void happen(SluiceProcess sluice) throws Exception;
  }

  private void stream(SluiceProcess sluice, Mischief mischief) throws Exception {
    Disk disk = Disks.random();
    try (WriteTrial write = WriteTrial.of(sluice, disk)) {
      write.peer().pauseAt(PAUSE);
      try (Command.Running client =
          Command.of("nbdcopy", disk.path(), write.uri(Transport.TCP)).start()) {
        write.peer().awaitPause();

        mischief.happen(sluice);

        write.peer().goOn();
        client.await().assertSucceeded();
        write.assertComplete();
      }
    }
  }

  private HttpResponse<String> create(SluiceProcess sluice, String name) throws Exception {
    return http.send(
        HttpRequest.newBuilder(sluice.api().resolve("/exports"))
            .header("Content-Type", "application/json")
            .POST(
                BodyPublishers.ofString(
                    "{\"name\":\"%s\",\"peer\":\"http\",\"direction\":\"write\"}".formatted(name)))
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void aFullOneTakesNoMoreExportsAndEveryEnd() throws Exception {
    Peers.requireRoot();
    Files.createDirectory(store);
    UnaryOperator<Command> small =
        command ->
            command.behind(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs -o size=1m,mode=0700 tmpfs \"$0\" && exec \"$@\"",
                store);
    try (SluiceProcess sluice = SluiceProcess.start(root, small)) {
      stream(
          sluice,
          running -> {
            int made = 0;
            HttpResponse<String> response = create(running, "e0");
            while (response.statusCode() == 201 && made < MANY) {
              made++;
              response = create(running, "e" + made);
            }

            assertThat(response.statusCode()).as(response.body()).isEqualTo(507);
            assertThat(response.body())
                .contains("there is no room in the store for one more", "No space left on device");
            assertThat(made).isGreaterThan(10);
            assertThat(running.api().statusOf("/readyz")).isEqualTo(200);
            assertThat(running.api().delete("e0", false)).isEqualTo(204);
            assertThat(create(running, "again").statusCode()).isIn(201, 507);
          });
    }
  }

  @Test
  void oneWhoseFileIsDeletedIsWrittenAgain() throws Exception {
    SluiceProcess sluice = SluiceProcess.start(root, UnaryOperator.identity());
    try {
      stream(
          sluice,
          running -> {
            Files.delete(store.resolve("journal"));
            assertThat(create(running, "after").statusCode()).isEqualTo(201);
          });
      assertThat(sluice.log()).contains("was removed or replaced", "is written again");
      sluice.process().kill();
      sluice.process().await();
      SluiceProcess killed = sluice;
      sluice = killed.startAgain();
      killed.close();
      assertThat(sluice.api().get("after").state()).isEqualTo("WAITING");
    } finally {
      sluice.close();
    }
  }

  @Test
  void withoutItsFolderNothingNewIsMade() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start(root, UnaryOperator.identity())) {
      stream(
          sluice,
          running -> {
            Workspace.remove(store);
            HttpResponse<String> response = create(running, "after");

            assertThat(response.statusCode()).as(response.body()).isEqualTo(503);
            assertThat(response.body()).contains("the store " + store + " has gone");
            await().until(() -> running.api().statusOf("/readyz") == 503);
            assertThat(running.api().statusOf("/livez")).isEqualTo(200);
          });
      assertThat(sluice.log()).contains("streams go on");
    }
  }
}
