package dev.sluice.testing;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.PosixFiles;
import dev.sluice.testing.StreamPeer.Way;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Peers at a FIFO, which open it as a shell's redirection would: that waits for the other side. */
public final class PipePeer {

  private PipePeer() {}

  /** Reads a FIFO to its end. */
  public static ReadingPeer reading(Path fifo) {
    return ReadingPeer.start(open(fifo, StandardOpenOption.READ));
  }

  /** Writes a disk into a FIFO. */
  public static FeedingPeer feeding(Path fifo, Disk disk) {
    return FeedingPeer.start(open(fifo, StandardOpenOption.WRITE), disk);
  }

  /** By way of a place, since the name may be gone or another FIFO's before the peer gives up. */
  private static Way<FileChannel> open(Path fifo, OpenOption how) {
    Descriptor place = place(fifo);
    Path name = Path.of(PosixFiles.pathOf(place.number()));
    return new Way<>() {
      @Override
      public FileChannel open() throws IOException {
        return FileChannel.open(name, how);
      }

      @Override
      public void giveUp() throws IOException {
        FileChannel.open(name, StandardOpenOption.READ, StandardOpenOption.WRITE).close();
      }

      @Override
      public void close() {
        place.close();
      }
    };
  }

  private static Descriptor place(Path fifo) {
    try {
      return new Descriptor(PosixFiles.openPlace(FilePaths.at(fifo)));
    } catch (ErrnoException e) {
      throw new UncheckedIOException(e);
    }
  }
}
