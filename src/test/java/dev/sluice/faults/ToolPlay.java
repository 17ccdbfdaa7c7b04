package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.Workspace;
import java.nio.file.Path;

/** A play with a client that users have, whose peer's standing still is what makes it stand. */
final class ToolPlay extends Play {

  /** More than clients, sockets and a pipe have on the way. */
  private static final Disk DISK = Disks.random(48L * Disks.MIB + 4321);

  private static final long PAUSE = 4L * Disks.MIB + 12_345;

  private final Path copy = Workspace.newPath("copy");
  private final Tool tool;
  private Command.Running running;
  private boolean replaced;

  /** A client that users have. */
  enum Tool {
    NBDCOPY {
      @Override
      Command command(Object from, Object to, boolean writes) {
        return Command.of("nbdcopy", from, to);
      }
    },
    QEMU_IMG {
      @Override
      Command command(Object from, Object to, boolean writes) {
        return Command.of("qemu-img", "convert", "-f", "raw", "-O", "raw")
            .with(writes ? new Object[] {"-n", from, to} : new Object[] {from, to});
      }
    };

    /** One after the other, in both directions. */
    static Tool of(FaultRow row) {
      return values()[(row.ordinal() / 2 + row.ordinal()) % values().length];
    }

    abstract Command command(Object from, Object to, boolean writes);
  }

  ToolPlay(Stand stand, Cell cell, Tool tool) {
    super(stand, cell, DISK);
    this.tool = tool;
  }

  @Override
  void reach() {
    Command command =
        writes() ? tool.command(DISK.path(), uri(), true) : tool.command(uri(), copy, false);
    running = stand().atTheClients(command).start();
    peer().tellTo(PAUSE);
    peer().awaitDone();
    running.awaitSleep(); // what it had not taken would be lost
  }

  @Override
  Command.Running clientProcess() {
    return running;
  }

  @Override
  void letClientGoOn() {
    if (replaced) {
      super.letClientGoOn();
    }
  }

  @Override
  void awaitClientEnd() {
    running.await();
  }

  @Override
  void assertClientSucceeded() {
    if (replaced) {
      super.assertClientSucceeded();
      return;
    }
    running.await().assertSucceeded();
    if (!writes()) {
      assertThat(Sha256.of(copy, 0, DISK.size())).isEqualTo(DISK.sha256());
    }
  }

  @Override
  void assertClientFailed() {
    running.await().assertFailed();
  }

  @Override
  long clientPosition(long otherwise) {
    return replaced ? super.clientPosition(otherwise) : otherwise;
  }

  @Override
  void replaceClient(long position) {
    running.close();
    replaced = true;
    startClient(position);
  }

  @Override
  public void close() {
    if (running != null) {
      running.close();
    }
    super.close();
    Workspace.remove(copy);
  }
}
