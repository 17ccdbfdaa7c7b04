package dev.sluice.clients;

import dev.sluice.testing.Command;
import dev.sluice.testing.Transport;
import java.net.URI;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Clients that make a file of a whole disk. */
enum Reader {
  QEMU_IMG {
    @Override
    Command command(URI uri, Path copy) {
      return Command.of("qemu-img", "convert", "-f", "raw", "-O", "raw", uri, copy);
    }
  },
  QEMU_IMG_PROBING {
    @Override
    Command command(URI uri, Path copy) {
      return Command.of("qemu-img", "convert", "-O", "raw", uri, copy);
    }
  },
  NBDCOPY {
    @Override
    Command command(URI uri, Path copy) {
      return Command.of("nbdcopy", uri, copy);
    }
  };

  /** Every one of them with each transport, for parameterized tests. */
  static Stream<Arguments> overEachTransport() {
    return Stream.of(values())
        .flatMap(client -> Stream.of(Transport.values()).map(t -> Arguments.of(client, t)));
  }

  abstract Command command(URI uri, Path copy);

  /** Reads a disk from a position up to its end. */
  static Command goingOn(URI uri, Path copy, long position, long end) {
    return Command.python(
        """
        import nbd, sys
        h = nbd.NBD()
        h.connect_uri(sys.argv[1])
        at, end = int(sys.argv[3]), int(sys.argv[4])
        with open(sys.argv[2], 'wb') as copy:
            while at < end:
                count = min(1 << 20, end - at)
                copy.write(h.pread(count, at))
                at += count
        h.shutdown()
        """,
        uri,
        copy,
        position,
        end);
  }
}
