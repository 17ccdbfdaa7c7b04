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
 * The lock on a stream's bytes. One thread holds it at a time, first come first served.
 *
 * <p>A client waits for the lock in a poll, as for everything else, so the wait ends at once when
 * the client hangs up or the stream ends. If the holder waits for its own client, it is told when
 * another one begins to wait ({@link LockState#standStill}). A client that waits for window memory
 * releases the lock meanwhile. It gets the lock back before those that wait for it the first time:
 * it was served before them, and others may wait for the memory that it then holds.
 *
 * <p>Its own monitor guards who waits, and only this class changes the {@link LockState}. Only a
 * thread that ends the stream blocks in the monitor. It goes before all others, and the holder was
 * told to stop by then.
 */
public final class RequestLock {

  /** An action that is taken with the lock held. */
  public interface Step {
    void run() throws IOException;
  }

  private final StreamCore core;
  private final LockState state;
  private final Deque<Entry> queue = new ArrayDeque<>();

  /** Clients that wait for memory, without the lock. */
  private final List<Entry> away = new ArrayList<>();

  /** Steps of threads that did not wait for the lock. */
  private final Deque<Step> left = new ArrayDeque<>();

  public RequestLock(StreamCore core) {
    this.core = core;
    this.state = core.lock();
  }

  /**
   * A thread that waits.
   *
   * @param wake tells it that it has the lock; null if it waits in the monitor
   * @param comesBack whether it no longer needs memory, evaluated by the holder of the lock; null
   *     if it does not wait for memory
   */
  private record Entry(
      Thread thread, @Nullable WakeDescriptor wake, @Nullable BooleanSupplier comesBack) {}

  /** Waits for the lock. {@link #release} releases it. */
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
   * Takes the lock if it is free. Otherwise leaves a step to the holder, which takes it when it
   * releases the lock.
   *
   * @param noted is run before the step is left
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

  /** Takes a step that does not block: now, or when the holder of the lock releases it. */
  void takeSoon(Runnable step) {
    if (acquireOrLeave(step::run, () -> {})) {
      try {
        step.run();
      } finally {
        release();
      }
    }
  }

  /** Takes a step with the lock held, after a wait before all others. May be nested. */
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
   * Waits for memory without the lock. On normal return the current thread holds the lock again,
   * with the memory, or because waiting has become useless. Other requests may have changed the
   * stream meanwhile.
   *
   * @param comesBack whether waiting has become useless; evaluated by the holder of the lock
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

  /** Returns whether clients wait for memory. */
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

  /** Takes the lock or a place in the queue. Returns whether it took the lock. */
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

  /** Ends a wait without the lock. Releases the lock if the thread got it meanwhile. */
  private synchronized void giveUp(Entry entry) {
    away.remove(entry);
    queue.remove(entry);
    noteQueue();
    release();
  }

  /** Passes the lock on, if the current thread holds it. */
  synchronized void release() {
    if (!state.isMine()) {
      return;
    }
    takeLeftSteps();
    for (Entry entry : List.copyOf(away).reversed()) {
      if (entry.comesBack != null && entry.comesBack.getAsBoolean()) {
        away.remove(entry);
        queue.addFirst(entry);
        state.contend();
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

  private void takeLeftSteps() {
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
