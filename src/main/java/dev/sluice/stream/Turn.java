package dev.sluice.stream;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whose request a stream serves: one at a time, in the order of arrival. Whatever breaks in a turn,
 * but for a refusal and a client that left, breaks the stream.
 */
final class Turn {

  /** What is done in a turn. */
  interface Step {
    void run() throws IOException;
  }

  private final ReentrantLock lock = new ReentrantLock(true);
  private final ByteStream stream;

  Turn(ByteStream stream) {
    this.stream = stream;
  }

  /** Waits for the turn of the current thread and takes the step, unless the stream has failed. */
  void take(Step step) throws IOException {
    lock.lock();
    try {
      stream.lifecycle().requireLive();
      stream.idle().restart();
      step.run();
    } catch (RefusedRequestException | ClientGoneException | StreamEndedException e) {
      throw e;
    } catch (IOException e) {
      stream.fail(String.valueOf(e.getMessage()));
      throw stream.lifecycle().ended();
    } catch (RuntimeException | Error e) {
      stream.fail("internal error: " + e);
      throw e;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the turn and does what has to be done in any case. */
  void takeLast(Runnable step) {
    lock.lock();
    try {
      step.run();
    } finally {
      lock.unlock();
    }
  }

  /** Whether it is the current thread's. */
  boolean isTaken() {
    return lock.isHeldByCurrentThread();
  }
}
