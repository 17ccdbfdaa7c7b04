package dev.sluice.clients;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Transport;
import java.net.URI;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Clients that write a whole disk and leave. */
enum Writer {
  QEMU_IMG {
    @Override
    Command command(Disk disk, URI uri) {
      return Command.of("qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", disk.path(), uri);
    }
  },
  QEMU_IMG_CREATING {
    @Override
    Command command(Disk disk, URI uri) {
      return Command.of("qemu-img", "convert", "-f", "raw", "-O", "raw", disk.path(), uri);
    }
  },
  QEMU_IMG_OUT_OF_ORDER {
    @Override
    Command command(Disk disk, URI uri) {
      return Command.of("qemu-img", "convert", "-n", "-W", "-f", "raw", "-O", "raw")
          .with(disk.path(), uri);
    }
  },
  NBDCOPY {
    @Override
    Command command(Disk disk, URI uri) {
      return Command.of("nbdcopy", disk.path(), uri);
    }
  },
  LIBNBD {
    @Override
    Command command(Disk disk, URI uri) {
      return goingOn(disk, uri, 0);
    }
  };

  /** Every one of them with each transport, for parameterized tests. */
  static Stream<Arguments> overEachTransport() {
    return Stream.of(values())
        .flatMap(client -> Stream.of(Transport.values()).map(t -> Arguments.of(client, t)));
  }

  abstract Command command(Disk disk, URI uri);

  /** Writes what a disk has from a position on. */
  static Command goingOn(Disk disk, URI uri, long position) {
    return Command.python(
        """
        import nbd, sys
        h = nbd.NBD()
        h.connect_uri(sys.argv[1])
        with open(sys.argv[2], 'rb') as disk:
            at = int(sys.argv[3])
            disk.seek(at)
            while part := disk.read(1 << 20):
                h.pwrite(part, at)
                at += len(part)
        h.shutdown()
        """,
        uri,
        disk.path(),
        position);
  }
}
