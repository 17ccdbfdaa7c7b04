package dev.sluice.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.testing.Command;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Scrape;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Transport;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Linux grants an ordinary user so many pages of pipes. A FIFO's are those of whoever opened it
 * first, which is the peer; beyond the quota new pipes of that user have two pages.
 */
class PipeQuotaIT {

  /** More than the default quota holds if each is as wide as it gets. */
  private static final int FIFOS = 80;

  private static final long SIZE = 1 << 20;

  private static final String OPEN_THEM_ALL =
      "for i in $(seq $2); do cat $1/pipe-$i >/dev/null & done; wait";

  private static final String WRITE_A_PART =
      """
      import nbd, sys
      handles = []
      for uri in sys.argv[1:]:
          handle = nbd.NBD()
          handle.connect_uri(uri)
          handle.pwrite(bytes(1 << 17), 0)
          handles.append(handle)
      sys.stdin.readline()
      """;

  private static final String CAPACITY_OF_A_NEW_PIPE =
      "import fcntl, os; print(fcntl.fcntl(os.pipe()[1], 1032))";

  private Path folder;
  private long quota;

  @BeforeEach
  void prepare() throws IOException {
    Peers.requireRoot();
    Peers.require("setpriv", "python3");
    long pages = number(Command.of("cat", "/proc/sys/fs/pipe-user-pages-soft"));
    assumeTrue(pages > 0, "there is no quota here");
    quota = pages * number(Command.of("getconf", "PAGESIZE"));
    folder = Files.createTempDirectory("sluice-open");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  @AfterEach
  void clean() {
    if (folder != null) {
      Workspace.remove(folder);
      Workspace.remove(Path.of(folder + ".sock")); // the service's, which was killed
    }
  }

  @Test
  void aServiceOfTheSameUserLeavesHalfOfIt() {
    assertLeavesHalf(PipeQuotaIT::asOrdinaryUser);
  }

  @Test
  void aServiceThatIsRootsLeavesHalfOfItToItsPeersUser() {
    assertLeavesHalf(jar -> jar);
  }

  private void assertLeavesHalf(UnaryOperator<Command> user) {
    try (SluiceProcess sluice =
        SluiceProcess.start(
            folder, jar -> user.apply(jar.with("--sluice.exports.fifo-mode=0666")))) {
      List<String> names = IntStream.rangeClosed(1, FIFOS).mapToObj(i -> "pipe-" + i).toList();
      Object[] uris = names.stream().map(name -> uri(sluice, name)).toArray();

      try (Command.Running peers =
              asOrdinaryUser(Command.shell(OPEN_THEM_ALL, folder, FIFOS)).start();
          Command.Running clients = Command.python(WRITE_A_PART, uris).told().start()) {
        names.forEach(name -> sluice.api().await(name, now -> now.position() > 0));

        assertThat(number(asOrdinaryUser(Command.python(CAPACITY_OF_A_NEW_PIPE))))
            .isEqualTo(65_536);
        assertThat(widened(sluice)).isBetween(quota / 4, quota / 2);
        assertThat(metric(sluice, "sluice_pipe_memory_limit_bytes")).isEqualTo(quota / 2);
        assertThat(peers.isAlive() && clients.isAlive()).isTrue();
      }
      names.forEach(name -> assertThat(sluice.api().delete(name, true)).isEqualTo(204));
      await().untilAsserted(() -> assertThat(widened(sluice)).isZero());
    }
  }

  private static long number(Command command) {
    return Long.parseLong(command.run().assertSucceeded().output().strip());
  }

  /** One whom no other test has: Linux counts the pipes of all processes of a user. */
  private static Command asOrdinaryUser(Command command) {
    return command.behind("setpriv", "--reuid=12346", "--clear-groups");
  }

  private Object uri(SluiceProcess sluice, String name) {
    Path fifo = folder.resolve(name);
    return Transport.TCP.uri(sluice.api().create(name, fifo, "write", SIZE, Map.of()));
  }

  private static long widened(SluiceProcess sluice) {
    return metric(sluice, "sluice_pipe_memory_bytes");
  }

  private static long metric(SluiceProcess sluice, String name) {
    return (long) Scrape.of(sluice.api().resolve("/").getPort()).sum(name);
  }
}
