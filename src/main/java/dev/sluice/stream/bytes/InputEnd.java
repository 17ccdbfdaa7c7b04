package dev.sluice.stream.bytes;

import dev.sluice.stream.RefusedRequestException;
import dev.sluice.stream.client.Client;
import dev.sluice.stream.client.Worker;
import dev.sluice.stream.core.BrokenStreamException;
import dev.sluice.stream.core.Deadline;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.io.Intake;
import dev.sluice.stream.request.WindowReserve;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * Checks the end of a read stream's input: whether it comes too early, in the right place, or too
 * late. Guarded by the request lock.
 */
final class InputEnd {

  private final StreamCore core;
  private final Intake intake;
  private final WindowReserve memory;

  InputEnd(StreamCore core, Intake intake, WindowReserve memory) {
    this.core = core;
    this.intake = intake;
    this.memory = memory;
  }

  /**
   * Takes input until this many bytes are available, or the pipe is full. Throws if the input ends
   * before {@code count} bytes.
   *
   * @return how many bytes are available, at least 1 and at most {@code count}
   */
  long gather(Worker worker, long count) throws IOException {
    intake.take(worker, count);
    requireMore(count);
    return Math.min(intake.taken().available(), count);
  }

  /**
   * Takes input until all of these bytes are available. May release the request lock to wait for
   * memory.
   *
   * @return false if it did; others may have been served meanwhile, and the bytes are not available
   */
  boolean gatherAll(Client client, long count) throws IOException {
    if (gather(client.connection().worker(), count) < count) {
      requireRoom(count);
      long from = core.position();
      if (!memory.fill(client, intake.taken().memoryFor(count), () -> core.position() > from)) {
        return false;
      }
      intake.takeAll(client.connection().worker(), count, client.pocket());
      requireMore(count);
    }
    return true;
  }

  private void requireRoom(long count) throws RefusedRequestException {
    long most = memory.mostAfterPipe();
    if (intake.taken().afterPipe(count) > most) {
      throw new RefusedRequestException(
          ("without a size all %d bytes of a read have to be there before its reply, for which"
                  + " there are only %d bytes of memory (sluice.exports.window-memory); expected"
                  + " smaller reads, or an export with a size")
              .formatted(count, most));
    }
  }

  private void requireMore(long count) throws IOException {
    if (intake.taken().available() >= count || !intake.isAtEnd()) {
      return;
    }
    long end = core.position() + intake.taken().available();
    if (core.settings().size().isPresent()) {
      throw new BrokenStreamException(
          "the input ended after %d of %d bytes".formatted(end, core.settings().end()));
    }
    throw new RefusedRequestException(
        "the input ended at %d; expected reads to stay below".formatted(end));
  }

  /**
   * Throws if the input continues beyond the declared size, unless that is to be ignored. Called
   * once all of the declared size was taken.
   *
   * @param patience how long to wait for the peer; zero means one check without a wait
   */
  void refuseExcess(Worker worker, Duration patience) throws IOException {
    if (!core.settings().assurances().acceptExcess() && intake.goesOn(worker, patience)) {
      throw new BrokenStreamException(
          "the input goes on beyond the declared size of %d bytes"
              .formatted(core.settings().end()));
    }
  }

  /**
   * Waits for the end of the input. Without a declared size, a byte ends the wait, too. With one, a
   * byte fails the stream, and an end that does not come in time is only noted.
   *
   * @param drop whether to take and drop everything before the end, because nobody wants it
   */
  void await(Worker worker, boolean drop) throws IOException {
    if (drop) {
      drop(worker);
    }
    if (core.settings().size().isEmpty()) {
      intake.take(worker, 1);
      return;
    }
    Duration patience = core.settings().timeouts().end();
    refuseExcess(worker, patience);
    if (!intake.isAtEnd() && !core.settings().assurances().acceptExcess()) {
      core.lifecycle()
          .note(
              "the peer had not closed its end %s after the last byte"
                  .formatted(Deadline.shown(patience)));
    }
  }

  private void drop(Worker worker) throws IOException {
    MemorySegment scratch = worker.scratch();
    while (!isReached()) {
      long left = core.settings().end() - core.position();
      long most = worker.waiter().awaitRate(Math.min(left, scratch.byteSize()));
      if (core.settings().size().isPresent()) {
        gather(worker, most);
      } else {
        intake.take(worker, most);
      }
      intake.taken().copy(scratch.asSlice(0, Math.min(most, intake.taken().available())));
    }
  }

  /**
   * Returns whether everything up to the end was passed on: the declared end, or that of the input.
   */
  boolean isReached() {
    return core.settings().size().isPresent()
        ? core.position() == core.settings().end()
        : intake.isAtEnd() && intake.taken().available() == 0;
  }
}
