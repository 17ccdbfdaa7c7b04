package dev.sluice.stream;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * The end of a read stream's input: whether it comes too early, at the right place or too late. The
 * stream's lock guards it.
 */
final class InputEnd {

  private final ByteStream stream;
  private final Intake intake;

  InputEnd(ByteStream stream, Intake intake) {
    this.stream = stream;
    this.intake = intake;
  }

  /**
   * Takes until so many bytes are there, or no more fit into the pipe: how many there are, at least
   * one. All of them have to come before the input ends.
   */
  long gather(Client client, long count) throws IOException {
    intake.take(client, count);
    requireMore(count);
    return Math.min(intake.available(), count);
  }

  /**
   * Takes until so many bytes are there, and may wait for memory without the lock.
   *
   * @return false when it has: others may have been served meanwhile
   */
  boolean gatherAll(Client client, long count) throws IOException {
    if (gather(client, count) < count) {
      requireRoom(count);
      long from = stream.position();
      if (!stream.memory().fill(client, intake.memoryFor(count), () -> stream.position() > from)) {
        return false;
      }
      intake.takeAll(client, count, client.pocket());
      requireMore(count);
    }
    return true;
  }

  private void requireRoom(long count) throws RefusedRequestException {
    long most = stream.memory().mostBehindPipe();
    if (intake.behindPipe(count) > most) {
      throw new RefusedRequestException(
          ("without a size all %d bytes of a read have to be there before its reply, for which there"
                  + " are only %d bytes of memory (sluice.exports.window-memory); expected smaller"
                  + " reads, or an export with a size")
              .formatted(count, most));
    }
  }

  private void requireMore(long count) throws IOException {
    if (intake.available() >= count || !intake.isAtEnd()) {
      return;
    }
    long end = stream.position() + intake.available();
    if (stream.settings().size().isPresent()) {
      throw new BrokenStreamException(
          "the input ended after %d of %d bytes".formatted(end, stream.settings().end()));
    }
    throw new RefusedRequestException(
        "the input ended at %d; expected reads to stay below".formatted(end));
  }

  /**
   * The input must not go on beyond the declared size, unless that is to be ignored. Once all of it
   * was taken.
   *
   * @param patience how long the peer may take to show that it does; zero is only a look
   */
  void refuseExcess(Client client, Duration patience) throws IOException {
    if (!stream.settings().assurances().acceptExcess() && intake.goesOn(client, patience)) {
      throw new BrokenStreamException(
          "the input goes on beyond the declared size of %d bytes"
              .formatted(stream.settings().end()));
    }
  }

  /**
   * Waits for the end. Without a declared size a byte ends the wait, too; with one it breaks the
   * stream, and an end that does not come in time is only noted.
   *
   * @param drop whether everything before the end is taken and dropped, since nobody wants it
   */
  void await(Client client, boolean drop) throws IOException {
    if (drop) {
      drop(client);
    }
    if (stream.settings().size().isEmpty()) {
      intake.take(client, 1);
      return;
    }
    Duration patience = stream.settings().timeouts().end();
    refuseExcess(client, patience);
    if (!intake.isAtEnd() && !stream.settings().assurances().acceptExcess()) {
      stream
          .lifecycle()
          .note(
              "the peer had not closed its end %s after the last byte"
                  .formatted(Deadline.shown(patience)));
    }
  }

  private void drop(Client client) throws IOException {
    MemorySegment scratch = client.scratch();
    while (!isReached()) {
      long left = stream.settings().end() - stream.position();
      long most = stream.progress().allow(client, Math.min(left, scratch.byteSize()));
      if (stream.settings().size().isPresent()) {
        gather(client, most);
      } else {
        intake.take(client, most);
      }
      intake.copy(scratch.asSlice(0, Math.min(most, intake.available())));
    }
  }

  /** Whether everything up to the end, a declared one or the input's own, was passed on. */
  boolean isReached() {
    return stream.settings().size().isPresent()
        ? stream.position() == stream.settings().end()
        : intake.isAtEnd() && intake.available() == 0;
  }
}
