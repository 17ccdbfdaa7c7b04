package dev.sluice.clients;

import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.ExportsApi;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Transport;
import dev.sluice.testing.Workspace;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** An export of the shared service whose peer comes by HTTP, and curl, which is that peer. */
@ExtendWith(LeavesNothingBehind.class)
abstract class HttpPeerRig {

  static final String NAME = "web";

  /** Moves 32 MiB of a disk of 256, says so, goes on slowly, and says at which error it stopped. */
  private static final String HALF =
      """
      import nbd, sys, time
      h = nbd.NBD()
      h.connect_uri(sys.argv[1])
      try:
          for i in range(255):
              if sys.argv[2] == 'write':
                  h.pwrite(b'x' * (1 << 20), i << 20)
              else:
                  h.pread(1 << 20, i << 20)
              if i > 32:
                  print('half', flush=True)
                  time.sleep(0.1)
      except nbd.Error as e:
          print(e.errno, flush=True)
          sys.exit(1)
      """;

  final Disk disk;
  private final String direction;
  ExportsApi api;
  Path copy;

  /** Exports of one direction, and a disk that goes through. */
  HttpPeerRig(String direction, Disk disk) {
    this.direction = direction;
    this.disk = disk;
  }

  @BeforeAll
  static void requirePeers() {
    Peers.require("curl", "qemu-img", "nbdcopy", "nbdsh");
  }

  @BeforeEach
  final void prepare() {
    api = OwnService.shared().api();
    copy = Workspace.newPath("copy");
  }

  @AfterEach
  final void tidy() {
    api.list().forEach(export -> api.delete(export.name(), true));
    Workspace.remove(copy);
  }

  final ExportDocument create(Long size, Map<String, ?> more) {
    return api.createForHttp(NAME, direction, size, more);
  }

  final URI data() {
    return api.resolve("/exports/" + NAME + "/data");
  }

  /** A peer that fails where the status is no success, and prints the problem then. */
  static Command curl(Object... more) {
    return Command.of("curl", "-sS", "--fail-with-body").with(more);
  }

  /** A client that has moved a part of the disk when this returns, and moves the rest slowly. */
  final Command.Running startHalf(ExportDocument export) {
    Command.Running client = Command.python(HALF, Transport.TCP.uri(export), direction).start();
    await().until(() -> client.outputSoFar().contains("half"));
    return client;
  }

  final void awaitPeers(int count) {
    await().until(() -> api.scrape().sum("sluice_data_streams") == count);
  }
}
