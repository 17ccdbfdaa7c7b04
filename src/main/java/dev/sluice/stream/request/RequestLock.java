package dev.sluice.stream.request;

import dev.sluice.posix.WakeDescriptor;
import dev.sluice.stream.WaitCause;
import dev.sluice.stream.client.Waiter;
import dev.sluice.stream.core.Deadline;
import dev.sluice.stream.core.LockState;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.window.WindowMemory;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is to work on a stream: one at a time, first come first served.
 *
 * <p>A client waits for the lock in a poll, as for everything else, so that it is let go at once
 * when it hangs up or the stream ends. Whoever holds the lock and waits for its own client is told
 * when another begins to wait ({@link LockState#standStill}). A client that needs window memory
 * lets go of the lock meanwhile, and comes back before those that wait for their first time: it has
 * been served before them, and what it holds then others may wait for.
 *
 * <p>Its own monitor guards who waits, and it alone changes the {@link LockState}. Only whoever
 * ends a stream waits in that monitor, before everybody else; the holder has been told to stop by
 * then.
 */
public final class RequestLock {

  /** What is done with the lock. */
  public interface Step {
    void run() throws IOException;
  }

  private final StreamCore core;
  private final LockState state;
  private final Deque<Entry> queue = new ArrayDeque<>();

  /** Clients that wait for memory. */
  private final List<Entry> away = new ArrayList<>();

  /** What those have left to be done who did not wait for the lock. */
  private final Deque<Step> left = new ArrayDeque<>();

  public RequestLock(StreamCore core) {
    this.core = core;
    this.state = core.lock();
  }

  /**
   * Somebody who waits.
   *
   * @param wake how it is told that it has the lock; without one it waits in the monitor
   * @param comesBack when it needs no memory any more; asked by whoever has the lock
   */
  private record Entry(
      Thread thread, @Nullable WakeDescriptor wake, @Nullable BooleanSupplier comesBack) {}

  /** Waits for the lock; {@link #release} lets go of it. */
  void acquire(Waiter waiter) throws IOException {
    Entry entry = new Entry(Thread.currentThread(), waiter.signal(), null);
    if (!enter(entry, false)) {
      boolean mine = false;
      try {
        waiter.awaitSignal(WaitCause.OTHER_CLIENT, Deadline.NEVER, state::isMine);
        mine = true;
      } finally {
        if (!mine) {
          giveUp(entry);
        }
      }
    }
  }

  /**
   * Takes the lock if nobody has it; otherwise whoever has it takes a step when it lets go of it.
   *
   * @param noted is run before that
   * @return whether the current thread has the lock
   */
  synchronized boolean acquireOrLeave(Step step, Runnable noted) {
    if (state.isHeld()) {
      noted.run();
      left.add(step);
      return false;
    }
    state.giveTo(Thread.currentThread());
    return true;
  }

  /**
   * Takes a step that does not wait, now if nobody has the lock; otherwise whoever has it takes the
   * step when it lets go of it.
   */
  void takeSoon(Runnable step) {
    if (acquireOrLeave(step::run, () -> {})) {
      try {
        step.run();
      } finally {
        release();
      }
    }
  }

  /** Waits for the lock and does what has to be done in any case. */
  public void takeLast(Runnable step) {
    if (state.isMine()) {
      step.run();
      return;
    }
    acquireFirst();
    try {
      step.run();
    } finally {
      release();
    }
  }

  /**
   * Waits for memory without the lock, and has the lock again when it returns normally: with the
   * memory, or because it need not wait any longer. The stream may be another one then.
   *
   * @param comesBack whether waiting has become useless; asked by whoever has the lock
   */
  void awaitMemory(
      Waiter waiter,
      WindowMemory.Pocket pocket,
      long bytes,
      BooleanSupplier comesBack,
      Deadline deadline)
      throws IOException {
    Entry entry = new Entry(Thread.currentThread(), waiter.signal(), comesBack);
    boolean back = false;
    core.waits().beginForMemory();
    try {
      pocket.want(bytes, waiter.signal());
      leaveFor(entry);
      waiter.awaitSignal(WaitCause.WINDOW_MEMORY, deadline, () -> isBack(entry, pocket.isFilled()));
      back = true;
    } finally {
      core.waits().endForMemory();
      pocket.stopWaiting();
      if (!back) {
        giveUp(entry);
      }
    }
    core.lifecycle().requireLive();
    core.idle().restart();
  }

  /** Whether clients wait for memory. */
  synchronized boolean isMemoryWanted() {
    return !away.isEmpty();
  }

  private synchronized void acquireFirst() {
    if (enter(new Entry(Thread.currentThread(), null, null), true)) {
      return;
    }
    boolean interrupted = false;
    while (!state.isMine()) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Takes the lock, or a place in the queue: whether it got the lock. */
  private synchronized boolean enter(Entry entry, boolean first) {
    if (!state.isHeld()) {
      state.giveTo(entry.thread);
      return true;
    }
    if (first) {
      queue.addFirst(entry);
    } else {
      queue.addLast(entry);
    }
    state.contend();
    return false;
  }

  private synchronized void leaveFor(Entry entry) {
    away.add(entry);
    release();
  }

  private synchronized boolean isBack(Entry entry, boolean filled) {
    if (filled && away.remove(entry)) {
      enter(entry, true);
    }
    return state.isMine();
  }

  /** No longer waits; passes on what it may have got without knowing it. */
  private synchronized void giveUp(Entry entry) {
    away.remove(entry);
    queue.remove(entry);
    noteQueue();
    release();
  }

  /** Lets the next one in, if the current thread has the lock. */
  synchronized void release() {
    if (!state.isMine()) {
      return;
    }
    doWhatIsLeft();
    for (Entry entry : List.copyOf(away).reversed()) {
      if (entry.comesBack != null && entry.comesBack.getAsBoolean()) {
        away.remove(entry);
        queue.addFirst(entry);
      }
    }
    Entry next = queue.poll();
    noteQueue();
    state.giveTo(next == null ? null : next.thread);
    if (next != null && next.wake != null) {
      next.wake.signal();
    } else if (next != null) {
      notifyAll();
    }
  }

  private void doWhatIsLeft() {
    for (Step step = left.poll(); step != null; step = left.poll()) {
      try {
        step.run();
      } catch (IOException | RuntimeException e) {
        core.fail("internal error: " + e);
      }
    }
  }

  private void noteQueue() {
    if (queue.isEmpty()) {
      state.calm();
    }
  }
}
