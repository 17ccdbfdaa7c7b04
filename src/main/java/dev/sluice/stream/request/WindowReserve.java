package dev.sluice.stream.request;

import dev.sluice.stream.Direction;
import dev.sluice.stream.client.Client;
import dev.sluice.stream.core.Deadline;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.window.WindowMemory;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Where a stream's windows get their memory from. */
public final class WindowReserve {

  /** The most that a client can ask for in one request, in bytes. */
  private static final long MOST_AT_ONCE = 32 << 20;

  /**
   * Waits that much longer than clients may do nothing, so that those that hold memory go first.
   */
  private static final int PATIENCE = 2;

  private final StreamCore core;
  private final RequestLock lock;
  private final WindowMemory.Account account;
  private final long mostAfterPipe;

  public WindowReserve(StreamCore core, RequestLock lock, WindowMemory memory) {
    this.core = core;
    this.lock = lock;
    long windows = core.settings().mostMemory();
    boolean reads = core.direction() == Direction.READ;
    this.mostAfterPipe = reads ? Math.min(MOST_AT_ONCE, memory.share() - windows) : 0;
    this.account = memory.open(windows + mostAfterPipe);
  }

  /** Whether the stream holds memory that others could have. */
  boolean isHeld() {
    return !account.isEmpty();
  }

  /** How long a client waits for memory; zero is for ever. */
  Duration patience() {
    return core.settings().timeouts().idle().multipliedBy(PATIENCE);
  }

  /** What a read stream without a size may use for a reply that is to be there as a whole. */
  public long mostAfterPipe() {
    return mostAfterPipe;
  }

  public WindowMemory.Account account() {
    return account;
  }

  /**
   * Sees to it that a client has this many bytes in its pocket. In the lock.
   *
   * @param comesBack whether waiting for them has become useless; asked by whoever has the lock
   * @return false when there were none and others were served meanwhile: what is to be done has to
   *     be looked at anew, and this asked again
   */
  public boolean fill(Client client, long bytes, BooleanSupplier comesBack) throws IOException {
    if (bytes == 0) {
      return true;
    }
    if (!isHeld()) {
      core.progress().newBytes().restart(); // from here on it counts
    }
    if (client.pocket().fill(bytes)) {
      return true;
    }
    Deadline deadline =
        new Deadline(
            "all the memory for windows (sluice.exports.window-memory) was in use", patience());
    BooleanSupplier useless = () -> core.lifecycle().state().ended() || comesBack.getAsBoolean();
    lock.awaitMemory(client.waiter(), client.pocket(), bytes, useless, deadline);
    return false;
  }
}
