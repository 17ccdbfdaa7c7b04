package dev.sluice.stream.request;

import dev.sluice.stream.Direction;
import dev.sluice.stream.client.Client;
import dev.sluice.stream.core.Deadline;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.window.WindowMemory;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Gets memory for one stream's windows. */
public final class WindowReserve {

  /** The most that one request of a client can need, in bytes. */
  private static final long MAX_PER_REQUEST = 32 << 20;

  /**
   * How much longer to wait for memory than clients may do nothing, as a factor. So those that hold
   * memory go first.
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
    this.mostAfterPipe = reads ? Math.min(MAX_PER_REQUEST, memory.share() - windows) : 0;
    this.account = memory.open(windows + mostAfterPipe);
  }

  /** Returns whether the stream holds memory that others could use. */
  boolean isHeld() {
    return !account.isEmpty();
  }

  /** Returns how long a client waits for memory; zero means no limit. */
  Duration patience() {
    return core.settings().timeouts().idle().multipliedBy(PATIENCE);
  }

  /**
   * Returns how much memory a reply of a read stream may use after the pipe is full, in bytes. Only
   * a stream without a size needs it, for replies that have to be available as a whole. 0 for a
   * write stream.
   */
  public long mostAfterPipe() {
    return mostAfterPipe;
  }

  public WindowMemory.Account account() {
    return account;
  }

  /**
   * Gets memory, until a client has this many bytes in its pocket. May release the request lock to
   * wait. Called with the lock held.
   *
   * @param comesBack whether waiting has become useless; evaluated by the holder of the lock
   * @return false if this had to wait; others were served meanwhile, so the caller has to check its
   *     request again and call again
   */
  public boolean fill(Client client, long bytes, BooleanSupplier comesBack) throws IOException {
    if (bytes == 0) {
      return true;
    }
    if (!isHeld()) {
      core.progress().newBytes().restart(); // the deadline counts from the first memory on
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
