package dev.sluice.stream.bytes;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.Direction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Runs trials with a range of seeds, several at a time. */
final class Seeds {

  private static final int ALL = 10_000;
  private static final int FEW = 300;

  /** A trial waits now and then, so that there may be more at a time than there are processors. */
  private static final int AT_A_TIME = 2 * Runtime.getRuntime().availableProcessors();

  /** What is tried with every seed. */
  interface Scenario {
    void run(Rig rig, Trial trial, Journal journal) throws Exception;
  }

  private final Direction direction;
  private final Scenario scenario;
  private final AtomicLong next;
  private final long end;
  private final AtomicBoolean failed = new AtomicBoolean();
  private final List<Trial> running = Collections.synchronizedList(new ArrayList<>());

  private Seeds(Direction direction, Scenario scenario, Range range) {
    this.direction = direction;
    this.scenario = scenario;
    next = new AtomicLong(range.first());
    end = range.first() + range.count();
  }

  /** Seeds that follow each other. */
  record Range(long first, int count) {

    /** Those that are asked for, or the few of a quick run. */
    static Range asked() {
      return new Range(Long.getLong("stream.seed", 0), Integer.getInteger("stream.seeds", FEW));
    }

    /** Those after the few of a quick run. */
    static Range rest() {
      return new Range(FEW, ALL - FEW);
    }
  }

  static void run(Direction direction, Range range, Scenario scenario) throws Exception {
    new Seeds(direction, scenario, range).run();
  }

  private void run() throws Exception {
    ExecutorService threads =
        Executors.newFixedThreadPool(
            AT_A_TIME, Thread.ofPlatform().daemon().name(LeakCheck.THREADS + "seeds", 0).factory());
    List<Future<?>> workers = new ArrayList<>();
    for (int i = 0; i < AT_A_TIME; i++) {
      workers.add(threads.submit(this::work));
    }
    threads.shutdown();
    try {
      for (Future<?> worker : workers) {
        worker.get();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      throw new AssertionError("it took too long; these go on: " + running, e);
    } catch (ExecutionException e) {
      failed.set(true);
      threads.awaitTermination(1, TimeUnit.MINUTES);
      if (e.getCause() instanceof AssertionError failure) {
        throw failure;
      }
      throw e;
    }
  }

  private Object work() throws IOException, InterruptedException {
    try (Ground ground = new Ground()) {
      for (long seed = next.getAndIncrement();
          seed < end && !failed.get();
          seed = next.getAndIncrement()) {
        Trial trial = Trial.of(direction, seed);
        running.add(trial);
        run(ground, trial);
        running.remove(trial);
      }
    }
    return this;
  }

  private void run(Ground ground, Trial trial) {
    Journal journal = new Journal();
    try (Rig rig = new Rig(ground, trial)) {
      scenario.run(rig, trial, journal);
    } catch (Exception | AssertionError e) {
      failed.set(true);
      throw new AssertionError(
          """
          seed %d failed: %s
          %s
          Run it alone with -Dtest=StreamModelTest -Dstream.seed=%d -Dstream.seeds=1
          """
              .formatted(trial.seed(), trial, journal, trial.seed()),
          e);
    }
  }
}
