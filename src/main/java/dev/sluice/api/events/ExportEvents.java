package dev.sluice.api.events;

import dev.sluice.api.ExportViews;
import dev.sluice.api.OtherExports;
import dev.sluice.api.live.CallerLimit;
import dev.sluice.api.live.LiveProperties;
import dev.sluice.export.ExportChanges;
import dev.sluice.export.ExportRegistry;
import dev.sluice.logging.LinePerMinute;
import dev.sluice.posix.ThreadPriority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends events of exports to all subscribers, on one thread that waits for none of them.
 * Thread-safe.
 */
@Component
public final class ExportEvents implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ExportEvents.class);

  /** Interval of looking at counters, and at subscribers that could not take everything. */
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** Changes within this time are told together. */
  private static final long PAUSE_MILLIS = 10;

  private static final long IDLE_NANOS = TimeUnit.HOURS.toNanos(1);

  /** The maximum wait for slow subscribers at the end. */
  private static final long END_MILLIS = 2_000;

  private final ExportRegistry registry;
  private final ExportChanges changes;
  private final OtherExports others;
  private final Board board;
  private final int limit;
  private final Semaphore places;
  private final int limitPerToken;
  private final CallerLimit callers;
  private final Duration heartbeat;
  private final Queue<Subscriber> coming = new ConcurrentLinkedQueue<>();

  /** Confined to the thread. */
  private final List<Subscriber> subscribers = new ArrayList<>();

  /** The prefix of event ids, since ids from before a restart mean nothing. */
  private final String boot = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());

  private final LinePerMinute failures = new LinePerMinute();
  private final Thread thread;
  private volatile boolean closed;

  ExportEvents(
      ExportRegistry registry, ExportViews views, LiveProperties properties, JsonMapper json) {
    this.registry = registry;
    changes = registry.changes();
    others = views.others();
    others.onChange(this::noteIfSomebodyIsTold);
    board = new Board(new EventText(views, json));
    limit = properties.subscribers();
    places = new Semaphore(limit);
    limitPerToken = properties.subscribersPerToken();
    callers = new CallerLimit(limitPerToken);
    heartbeat = properties.heartbeat();
    thread = Thread.ofPlatform().daemon().name("export-events").start(this::run);
  }

  /** Returns the number of subscribers. */
  public int count() {
    return limit - places.availablePermits();
  }

  /** Returns the maximum number of subscribers. */
  public int limit() {
    return limit;
  }

  Board board() {
    return board;
  }

  String boot() {
    return boot;
  }

  Duration heartbeat() {
    return heartbeat;
  }

  /** Returns whether no more events are sent. */
  boolean isClosed() {
    return closed;
  }

  /**
   * Takes a place for one more subscriber of a caller. Returns why there is none; null if there is
   * one.
   */
  @Nullable String takePlace(String caller) {
    if (!callers.take(caller)) {
      return "%d subscribers have this token, and sluice.live.subscribers-per-token permits no more"
          .formatted(limitPerToken);
    }
    if (!places.tryAcquire()) {
      callers.giveBack(caller);
      return "there are %d subscribers, and sluice.live.subscribers permits no more"
          .formatted(limit);
    }
    return null;
  }

  /** Gives a place back. */
  void leavePlace(String caller) {
    callers.giveBack(caller);
    places.release();
  }

  /** Updates the board from the exports as they are now. */
  public void look() {
    board.look(registry.list(), others.known(), System.nanoTime());
  }

  /**
   * Wakes the thread only if there are subscribers: many exports change elsewhere, and nobody else
   * waits for them.
   */
  private void noteIfSomebodyIsTold() {
    if (count() > 0) {
      changes.note();
    }
  }

  /** Adds a subscriber, which has a place already. */
  void add(Subscriber subscriber) {
    coming.add(subscriber);
    changes.note();
    if (closed && coming.remove(subscriber)) {
      end(subscriber);
    }
  }

  private void run() {
    ThreadPriority.lower(); // streams come before subscribers
    long seen = changes.count();
    try {
      while (!closed) {
        tryRound();
        seen = changes.await(seen, subscribers.isEmpty() ? IDLE_NANOS : TICK_NANOS);
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      // closed
    }
    end();
  }

  /**
   * Logs a failure and goes on. If the end of one export cannot be written to a disk that hangs,
   * subscribers still get the events of all others.
   */
  private void tryRound() {
    try {
      round();
    } catch (RuntimeException e) {
      String before = failures.take();
      if (before != null) {
        log.error("Events cannot be told now{}", before, e);
      }
    }
  }

  private void round() {
    for (Subscriber next = coming.poll(); next != null; next = coming.poll()) {
      subscribers.add(next);
    }
    if (subscribers.isEmpty()) {
      return;
    }
    look();
    long now = System.nanoTime();
    subscribers.removeIf(subscriber -> !tell(subscriber, now));
  }

  private boolean tell(Subscriber subscriber, long now) {
    boolean stays = subscriber.advance(board, now);
    if (!stays) {
      subscriber.leave();
    }
    return stays;
  }

  private void end() {
    closed = true;
    round();
    subscribers.forEach(ExportEvents::end);
    subscribers.clear();
  }

  private static void end(Subscriber subscriber) {
    subscriber.end(System.nanoTime());
    subscriber.leave();
  }

  /** Sends all pending events, and ends the responses. */
  @Override
  public void close() {
    closed = true;
    changes.note();
    try {
      thread.join(END_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
