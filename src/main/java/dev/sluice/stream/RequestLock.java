package dev.sluice.stream;

import dev.sluice.posix.WakeDescriptor;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whose request a stream serves: one at a time, first come first served. Whatever breaks while the
 * lock is held, except for a refusal and a client that left, breaks the stream.
 *
 * <p>A client waits for the lock in a poll, as for everything else, so that it is let go at once
 * when it hangs up or the stream ends. Whoever holds the lock and waits for its own client is told
 * when another begins to wait ({@link #standStill}). A client that needs window memory lets go of
 * the lock meanwhile, and comes back before those that wait for their first time: it has been
 * served before them, and what it holds then others may wait for.
 *
 * <p>Its own monitor guards who has it and who waits. Only whoever ends a stream waits in that,
 * before everybody else; the holder has been told to stop by then.
 */
final class RequestLock {

  /** What is done with the lock. */
  interface Step {
    void run() throws IOException;
  }

  /** What {@link #contendedSince} returns when nobody waits. */
  static final long NOT_CONTENDED = Long.MAX_VALUE;

  private final ByteStream stream;
  private volatile @Nullable Thread holder;
  private final Deque<Place> queue = new ArrayDeque<>();

  /** Clients that wait for memory. */
  private final List<Place> away = new ArrayList<>();

  /** What those have left to be done who did not wait for the lock. */
  private final Deque<Step> left = new ArrayDeque<>();

  private long contendedSince = NOT_CONTENDED;

  /** What the holder is told with, while it waits for its client. */
  private @Nullable WakeDescriptor standing;

  RequestLock(ByteStream stream) {
    this.stream = stream;
  }

  /**
   * Somebody who waits.
   *
   * @param wake how it is told that it has the lock; without one it waits in the monitor
   * @param comesBack when it needs no memory any more; asked by whoever has the lock
   */
  private record Place(
      Thread thread, @Nullable WakeDescriptor wake, @Nullable BooleanSupplier comesBack) {}

  /** Waits for the lock and takes the step, unless the stream has failed. */
  void take(Client client, Step step) throws IOException {
    acquire(client);
    run(client, step);
  }

  /** The same for a write up to an offset, which counts as begun while it waits for the lock. */
  void takeForWrite(Client client, long end, Step step) throws IOException {
    client.writes().begin(end);
    try {
      take(client, step);
    } catch (RefusedRequestException e) {
      client.writes().decided();
      throw e;
    }
    client.writes().decided();
  }

  /**
   * Takes a client's last step.
   *
   * @param lost whether the step neither waits nor needs the current thread: if somebody has the
   *     lock, whoever lets go of it takes the step, and the client has to wait for nothing
   * @return whether that is how it is
   */
  boolean takeLeaving(Client client, boolean lost, Step step) throws IOException {
    if (!lost) {
      take(client, step);
      return false;
    }
    client.connection().markGone();
    synchronized (this) {
      if (holder != null) {
        stream.lifecycle().beginLeaving();
        left.add(step);
        return true;
      }
      holder = Thread.currentThread();
    }
    run(client, step);
    return false;
  }

  private void run(Client client, Step step) throws IOException {
    try {
      stream.lifecycle().requireLive();
      stream.idle().restart();
      step.run();
    } catch (ClientGoneException e) {
      client
          .connection()
          .markGone(); // before the next one is served, which may be the same client again
      throw e;
    } catch (RefusedRequestException | StreamEndedException e) {
      throw e;
    } catch (IOException e) {
      stream.fail(String.valueOf(e.getMessage()));
      throw stream.lifecycle().ended();
    } catch (RuntimeException | Error e) {
      stream.fail("internal error: " + e);
      throw e;
    } finally {
      client.pocket().empty();
      release();
    }
  }

  /**
   * Takes a step that does not wait, now if nobody has the lock; otherwise whoever has it takes the
   * step when it lets go of it.
   */
  void takeSoon(Runnable step) {
    synchronized (this) {
      if (holder != null) {
        left.add(step::run);
        return;
      }
      holder = Thread.currentThread();
    }
    try {
      step.run();
    } finally {
      release();
    }
  }

  /** Waits for the lock and does what has to be done in any case. */
  void takeLast(Runnable step) {
    if (isMine()) {
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

  /** Whether the current thread has it. */
  boolean isMine() {
    return Thread.currentThread().equals(holder);
  }

  /** Whether anybody has it. */
  boolean isHeld() {
    return holder != null;
  }

  /**
   * Waits for memory without the lock, and has the lock again when it returns normally: with the
   * memory, or because it need not wait any longer. The stream may be another one then.
   *
   * @param comesBack whether waiting has become useless; asked by whoever has the lock
   */
  void awaitMemory(Client client, long bytes, BooleanSupplier comesBack, Deadline deadline)
      throws IOException {
    WindowMemory.Pocket pocket = client.pocket();
    WakeDescriptor wake = client.waiter().signal();
    Place place = new Place(Thread.currentThread(), wake, comesBack);
    boolean back = false;
    stream.waits().beginForMemory();
    try {
      pocket.want(bytes, wake);
      leaveFor(place);
      client
          .waiter()
          .awaitSignal(Wait.WINDOW_MEMORY, deadline, () -> isBack(place, pocket.isFilled()));
      back = true;
    } finally {
      stream.waits().endForMemory();
      pocket.stopWaiting();
      if (!back) {
        giveUp(place);
      }
    }
    stream.lifecycle().requireLive();
    stream.idle().restart();
  }

  /** From now on the holder, which waits for its client, is told when another begins to wait. */
  synchronized void standStill(WakeDescriptor told) {
    standing = told;
  }

  synchronized void moveOn() {
    standing = null;
  }

  /** Since when somebody has waited without a break, by {@link System#nanoTime}. */
  synchronized long contendedSince() {
    return contendedSince;
  }

  private void acquire(Client client) throws IOException {
    Place place = new Place(Thread.currentThread(), client.waiter().signal(), null);
    if (!enter(place, false)) {
      boolean mine = false;
      try {
        client.waiter().awaitSignal(Wait.OTHER_CLIENT, Deadline.NEVER, this::isMine);
        mine = true;
      } finally {
        if (!mine) {
          giveUp(place);
        }
      }
    }
  }

  private synchronized void acquireFirst() {
    if (enter(new Place(Thread.currentThread(), null, null), true)) {
      return;
    }
    boolean interrupted = false;
    while (!isMine()) {
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
  private synchronized boolean enter(Place place, boolean first) {
    if (holder == null) {
      holder = place.thread;
      return true;
    }
    if (first) {
      queue.addFirst(place);
    } else {
      queue.addLast(place);
    }
    if (contendedSince == NOT_CONTENDED) {
      contendedSince = System.nanoTime();
    }
    if (standing != null) {
      standing.signal();
    }
    return false;
  }

  private synchronized void leaveFor(Place place) {
    away.add(place);
    release();
  }

  private synchronized boolean isBack(Place place, boolean filled) {
    if (filled && away.remove(place)) {
      enter(place, true);
    }
    return isMine();
  }

  /** No longer waits; passes on what it may have got without knowing it. */
  private synchronized void giveUp(Place place) {
    away.remove(place);
    queue.remove(place);
    noteQueue();
    release();
  }

  /** Lets the next one in, if the current thread has the lock. */
  private synchronized void release() {
    if (!isMine()) {
      return;
    }
    doWhatIsLeft();
    for (Place place : List.copyOf(away).reversed()) {
      if (place.comesBack != null && place.comesBack.getAsBoolean()) {
        away.remove(place);
        queue.addFirst(place);
      }
    }
    Place next = queue.poll();
    noteQueue();
    holder = next == null ? null : next.thread;
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
        stream.fail("internal error: " + e);
      }
    }
  }

  private void noteQueue() {
    if (queue.isEmpty()) {
      contendedSince = NOT_CONTENDED;
    }
  }
}
