package dev.sluice.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.TestSession.Status;
import java.util.BitSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a write stream promises, byte by byte, without any input or output: what is kept and what is
 * with the peer, which requests are refused, and how the stream ends. Where the promise leaves
 * room, as for how much goes when the window is full, the model follows the stream.
 */
final class WriteModel {

  private final StreamSettings settings;
  private final int end;
  private final KeptBytes window;
  private final BitSet guesses = new BitSet();
  private int position;
  private int leftBehind;
  private int clients;
  private int writers;
  private boolean hasData;
  private boolean guessLeft;
  private StreamState state = StreamState.WAITING;

  /** A model of a stream into which nothing is written beyond a length. */
  WriteModel(StreamSettings settings, int length) {
    this.settings = settings;
    this.end = (int) settings.size().orElse(length);
    this.window = new KeptBytes(end);
  }

  int position() {
    return position;
  }

  StreamState state() {
    return state;
  }

  // What would come of it.

  /** How far everything is there from an offset on. */
  int contiguousEnd(int from) {
    return window.contiguousEnd(from);
  }

  /** Where what is kept, or is with the peer, ends. */
  int reached() {
    return Math.max(position, window.end());
  }

  /** Whether the window has room for a write in any case. */
  boolean fits(int from, int to) {
    return isWithinHead(to) || from == position || hasRoomFor(window.memoryFor(from, to));
  }

  /** Whether the window has room for so much data in any case. */
  boolean hasRoomFor(int count) {
    return window.memory() + count <= settings.reorderWindow();
  }

  /** Whether nothing of a range has been written, nor was left behind below it. */
  boolean isFree(int from, int to) {
    return from >= position && leftBehind <= position && !isKept(from, to);
  }

  /** Whether it is certain what a write comes to that breaks off. */
  boolean canBreakOff(int from, int to) {
    boolean direct = from == position && !isWithinHead(to);
    int count = window.dataBytes(from, to);
    boolean alike = (count == 0 || count == to - from) && !window.isUnsure(from, to);
    return from >= position && (direct || (alike && fits(from, to)));
  }

  /** The position after a range has been written for which there was room. */
  int positionAfter(int from, int to) {
    boolean direct = from == position && !isWithinHead(to);
    if (!direct && isWithinHead(window.contiguousEnd(0, from, to))) {
      return 0;
    }
    int reach = direct ? to : position;
    return reach >= leftBehind ? window.contiguousEnd(reach, from, to) : reach;
  }

  /** The position after a flush. */
  int positionAfterFlush() {
    return isWithinHead(window.end()) || isDataMissing() ? position : reached();
  }

  /** Below this, what is not there is missing, since a client left. */
  int leftBehind() {
    return leftBehind;
  }

  /** Whether a client's goodbye would now be the end of the stream. */
  boolean goodbyeCompletes(Writer writer) {
    boolean gaps = !guesses.isEmpty() || contiguousEnd(position) < window.end();
    boolean open = writer.leavesGapsOpen() && gaps;
    return writer.wrote && !writer.refused && !open && writers == 1 && !state.ended() && isWhole();
  }

  /** Whether {@code finish} would now find everything there. */
  boolean canFinish() {
    return guesses.isEmpty() && contiguousEnd(position) >= settings.size().orElse(reached());
  }

  /** Whether a byte that was read from this offset, or any other, is right. */
  boolean mayBeRead(int offset, byte value) {
    return isKept(offset, offset + 1) ? window.mayBe(offset, value) : value == 0;
  }

  /** Whether any of a range is kept. */
  boolean isKept(int from, int to) {
    return window.isAnyOf(from, to);
  }

  /** Where the bytes that the peer got are not what was written; -1 when they are. */
  int firstWrong(byte[] got) {
    for (int at = 0; at < got.length; at++) {
      if (at >= end || !window.mayBe(at, got[at])) {
        return at;
      }
    }
    return -1;
  }

  // What is done. What comes of it has to be settled.

  Writer attach() {
    clients++;
    return new Writer();
  }

  Outcome write(Writer writer, int from, byte[] content) {
    int to = Math.min(from + content.length, end);
    @Nullable Outcome refusal = refusal(writer, from, to);
    if (refusal != null) {
      return refusal;
    }
    Outcome outcome = outcome(from, to, fits(from, to));
    note(writer, from, to);
    hasData = true;
    window.putData(from, to, content);
    return outcome;
  }

  Outcome zeroes(Writer writer, int from, int length) {
    int to = Math.min(from + length, end);
    @Nullable Outcome refusal = refusal(writer, from, to);
    if (refusal != null) {
      return refusal;
    }
    Outcome outcome = outcome(from, to, hasRoomFor(0));
    note(writer, from, to);
    window.putZeroes(from, to);
    return outcome;
  }

  Outcome trim(Writer writer, int from, int length) {
    int above = Math.max(from, position);
    return zeroes(writer, above, Math.max(0, from + length - above));
  }

  Outcome flush(Writer writer) {
    writer.flushed = true;
    return state == StreamState.FAILED
        ? Outcome.certain(Status.ENDED, position)
        : Outcome.certain(Status.OK, writer.wentBack ? position : positionAfterFlush());
  }

  Outcome read(Writer reader, int from) {
    if (state == StreamState.FAILED) {
      return Outcome.certain(Status.ENDED, position);
    }
    reader.refused |= from < position;
    return Outcome.certain(from < position ? Status.REFUSED : Status.OK, position);
  }

  /** A client leaves; {@code properly} is with a goodbye. */
  Outcome leave(Writer writer, boolean properly) {
    boolean complete = properly && goodbyeCompletes(writer);
    clients--;
    if (writer.wrote && !state.ended()) {
      writers--;
      if (!complete && !isWithinHead(window.end())) {
        guessLeft |= !guesses.isEmpty();
        leftBehind = Math.max(leftBehind, window.end());
      }
    }
    if (complete) {
      state = StreamState.COMPLETED;
    } else if (clients == 0 && state == StreamState.STREAMING) {
      state = StreamState.INTERRUPTED;
    }
    return Outcome.certain(Status.OK, complete ? reached() : position);
  }

  /**
   * A client was lost in the payload of a write that would have been served.
   *
   * @param sent how much of the payload it had sent
   * @param now the stream's position since then
   */
  Outcome breakOff(Writer writer, int from, byte[] content, int sent, int now) {
    int to = from + sent;
    note(writer, from, Math.min(from + content.length, end));
    hasData = true;
    if (from == position && !isWithinHead(from + content.length)) {
      assertThat(now).isBetween(from, to);
      window.putData(from, now, content);
      moveTo(now);
    } else {
      window.maybePut(from, to, content);
    }
    return leave(writer, false);
  }

  void finish() {
    state = StreamState.COMPLETED;
    moveTo((int) settings.size().orElse(reached()));
  }

  // What came of it.

  /** Takes it that what is certain has come. */
  void assume(Outcome outcome) {
    assertThat(outcome.isCertain()).isTrue();
    settle(outcome, outcome.answers().iterator().next(), outcome.low());
  }

  /** Holds what has come against what may come. */
  void settle(Outcome outcome, Status answer, int now) {
    assertThat(answer).isIn(outcome.answers());
    if (answer == Status.ENDED) {
      moveTo(now);
      fail();
      return;
    }
    assertThat(now).as("position").isBetween(outcome.low(), outcome.high());
    moveTo(now);
    assertThat(window.dataBytes())
        .as("bytes of data that are kept")
        .isLessThanOrEqualTo((int) settings.reorderWindow() + 2 * settings.headWindow());
    boolean whole = position == settings.end() && guesses.isEmpty();
    if (outcome.completes() && whole && hasData) {
      state = StreamState.COMPLETED;
    }
  }

  /** The stream has failed, and keeps nothing. */
  void fail() {
    state = StreamState.FAILED;
    window.dropBelow(end);
  }

  private @Nullable Outcome refusal(Writer writer, int from, int to) {
    if (state == StreamState.FAILED) {
      return Outcome.certain(Status.ENDED, position);
    }
    if (from >= to) {
      return Outcome.certain(Status.OK, position);
    }
    if (state != StreamState.COMPLETED && from >= position) {
      return null;
    }
    int guess = guesses.nextSetBit(from);
    if (state != StreamState.COMPLETED && guess >= 0 && guess < to) {
      return Outcome.certain(Status.ENDED, position);
    }
    writer.refused = true;
    return Outcome.certain(Status.REFUSED, position);
  }

  private Outcome outcome(int from, int to, boolean room) {
    int reach = positionAfter(from, to);
    if (room) {
      return new Outcome(Set.of(Status.OK), reach, reach, true);
    }
    boolean missing = contiguousEnd(position) < Math.min(from, leftBehind);
    Set<Status> answers = missing ? Set.of(Status.OK, Status.ENDED) : Set.of(Status.OK);
    return new Outcome(answers, reach, Math.max(reach, contiguousEnd(to)), true);
  }

  private void note(Writer writer, int from, int to) {
    writer.writes(from, to, settings.headWindow());
    if (!writer.wrote) {
      writer.wrote = true;
      writers++;
    }
    if (state == StreamState.INTERRUPTED) {
      state = StreamState.STREAMING;
    }
  }

  private void moveTo(int now) {
    if (now == position) {
      return;
    }
    if (!state.ended()) {
      state = StreamState.STREAMING;
    }
    guesses.or(window.gaps(position, now));
    window.dropBelow(now);
    position = now;
  }

  private boolean isWithinHead(int reach) {
    return position == 0 && reach <= settings.headWindow();
  }

  private boolean isDataMissing() {
    return contiguousEnd(position) < leftBehind;
  }

  private boolean isWhole() {
    if (guessLeft || isDataMissing()) {
      return false;
    }
    if (settings.size().isEmpty()) {
      return reached() > settings.headWindow();
    }
    boolean probe = end <= StreamSettings.SECTOR && position == 0 && window.dataBytes() == 0;
    return reached() == end && !probe;
  }
}
