package dev.sluice.endpoint;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.FileLocks;
import dev.sluice.posix.PipeMemory;
import dev.sluice.posix.Posix;
import dev.sluice.posix.PosixFiles;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A named pipe (fifo(7)), widened as far as {@link PipeMemory} permits. */
final class Fifo extends NamedEndpoint {

  private final Flow flow;
  private long widened;

  Fifo(EndpointFile file, Flow flow) {
    super(file);
    this.flow = flow;
  }

  @Override
  public boolean isPipe() {
    return true;
  }

  @Override
  public boolean isEndedBeforePeer() {
    return true;
  }

  @Override
  @Nullable Descriptor reach() throws IOException {
    FifoPeers peers = peers();
    try (Descriptor found = file().lookUp()) {
      if (!file().isSame(found)) {
        throw new IOException("another FIFO is in the endpoint's place now");
      }
      Descriptor opened =
          peers == null ? open(found) : peers.open(flow == Flow.TO_PEER, () -> open(found));
      if (opened == null) {
        return null;
      }
      boolean usable = false;
      try {
        requireOwn(opened);
        requireEmpty(opened);
        widened = PipeMemory.SHARED.widen(opened.number());
        usable = true;
        return opened;
      } finally {
        if (!usable) {
          opened.close();
        }
      }
    }
  }

  /**
   * Locks the FIFO. Two services may know it by different names, in different folders that each has
   * locked.
   */
  private void requireOwn(Descriptor opened) throws IOException {
    if (!Posix.lock(opened.number())) {
      throw new IOException(
          "%s has this FIFO open; give each service FIFOs of its own;"
              .formatted(FileLocks.describe(FileLocks.holder(file().identity()))));
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>A reader that opens the FIFO before the stream does could take those bytes unseen.
   */
  @Override
  public void requireEmpty() throws RefusedEndpointException {
    if (flow != Flow.TO_PEER || file().isMade()) {
      return;
    }
    FifoPeers peers = peers();
    try {
      int left = peers == null ? look() : peers.uncounted(this::look);
      if (left > 0) {
        throw new RefusedEndpointException(leftOver(left));
      }
    } catch (ErrnoException e) {
      // This service may only write it. Then it is checked once it is open.
    }
  }

  private int look() throws ErrnoException {
    try (Descriptor opened =
        new Descriptor(
            PosixFiles.openNonBlocking(file().handle().number(), /* forWriting= */ false))) {
      return Posix.unread(opened.number());
    }
  }

  /** Fails if there are bytes of an earlier writer, which would come before the stream. */
  private void requireEmpty(Descriptor opened) throws IOException {
    int left = flow == Flow.TO_PEER ? Posix.unread(opened.number()) : 0;
    if (left > 0) {
      throw new IOException(leftOver(left) + ";");
    }
  }

  private static String leftOver(int bytes) {
    return "the FIFO holds %d bytes of an earlier writer; end its reader, and begin again"
        .formatted(bytes);
  }

  @Override
  void letGo() {
    super.letGo();
    PipeMemory.SHARED.giveBack(widened);
    widened = 0;
  }

  private @Nullable Descriptor open(Descriptor handle) throws ErrnoException {
    try {
      return new Descriptor(PosixFiles.openNonBlocking(handle.number(), flow == Flow.TO_PEER));
    } catch (ErrnoException e) {
      if (e.errno() == Errno.ENXIO) {
        return null; // nobody reads yet
      }
      throw e;
    }
  }

  @Override
  public int unread() throws ErrnoException {
    return Posix.unread(descriptor());
  }

  /**
   * Opens the other end for a moment, so that peers that wait for it are released and see the end.
   */
  @Override
  void releasePeers(Descriptor handle) throws ErrnoException {
    try (Descriptor _ = open(handle)) {
      // The name is gone, so no peer can come after this.
    }
  }
}
