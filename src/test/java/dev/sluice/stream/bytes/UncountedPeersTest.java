package dev.sluice.stream.bytes;

import static dev.sluice.testing.FilePaths.all;
import static dev.sluice.testing.FilePaths.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.endpoint.Endpoint.Flow;
import dev.sluice.endpoint.EndpointFactory;
import dev.sluice.endpoint.EndpointRoots;
import dev.sluice.stream.StreamObserver;
import dev.sluice.stream.window.WindowMemory;
import dev.sluice.testing.ChildJvm;
import dev.sluice.testing.Command;
import dev.sluice.testing.Peers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who opens a FIFO cannot be counted where the service may not read it: it says so. */
class UncountedPeersTest {

  @TempDir private Path root;

  @Test
  void aFifoThatTheServiceMayNotReadIsToldInTheLogAndInTheExport() {
    Peers.require("mkfifo", "setpriv");
    Path fifo = root.resolve("fifo");
    Command.of("mkfifo", "-m", "0200", fifo).run().assertSucceeded();

    String said =
        ChildJvm.ordinary("-dac_override,-dac_read_search", ChildJvm.of(Child.class, root, fifo))
            .run()
            .assertSucceeded()
            .output();

    String caveat = "who opens it cannot be counted (this service may not read it; permit that)";
    assertThat(said).contains("WARN").contains(fifo + ": " + caveat).contains("note: " + caveat);
  }

  /** Makes a stream, and prints its note. */
  static final class Child {
    public static void main(String[] arguments) throws IOException {
      ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
      try (EndpointRoots roots = EndpointRoots.open(all(Path.of(arguments[0])))) {
        EndpointFactory factory = new EndpointFactory(roots, 0600, null);
        WriteStream stream =
            new WriteStream(
                factory.claim(at(Path.of(arguments[1])), Flow.TO_PEER),
                Rig.settings(-1, 0),
                new StreamContext(
                    _ -> {}, StreamObserver.NONE, timer, new WindowMemory(Long.MAX_VALUE)));
        System.out.println("note: " + stream.status().note());
        stream.cancel();
      } finally {
        timer.shutdownNow();
      }
    }
  }
}
