package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.Goodbye;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.bytes.TestSession.Status;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;
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
  private final BitSet guesses = new BitSet();
  private final ServedWrites served = new ServedWrites();
  private KeptBytes window;
  private int position;
  private int missingBelow;
  private int heldBelow;
  private int clients;
  private int writers;

  /** Whether data, and not only zeroes, is with the peer. */
  private boolean passedData;

  private boolean guessLeft;
  private boolean changedHands;
  private boolean disputed;
  private boolean owed;
  private boolean vouched;

  /** What a request was to replace that broke off. */
  private BitSet torn = new BitSet();

  private BitSet tornBefore = torn;

  /** What was kept before a write for which there may have been no room. */
  private @Nullable KeptBytes before;

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
    return isWithinHead(to)
        || from == position
        || (hasWindow() && hasRoomFor(window.memoryFor(from, to)));
  }

  /** Whether the window has room for so much data in any case. */
  boolean hasRoomFor(int count) {
    return window.memory() + count <= settings.reorderWindow();
  }

  private boolean hasWindow() {
    return settings.reorderWindow() > 0 || settings.headWindow() > 0;
  }

  /** Whether nothing of a range has been written, nor was left behind below it. */
  boolean isFree(int from, int to) {
    return from >= position && heldBelow <= position && !isKept(from, to);
  }

  /** Whether it is certain what a write comes to that breaks off. */
  boolean canBreakOff(int from, int to) {
    boolean direct = from == position && !isWithinHead(to);
    int count = window.dataBytes(from, to);
    boolean all = count == to - from && settings.resumeWindow() == 0;
    boolean alike = (count == 0 || all) && !window.isUnsure(from, to);
    return from >= position && (direct || (alike && fits(from, to)));
  }

  /** The position after a range has been written for which there was room. */
  int positionAfter(int from, int to) {
    boolean direct = from == position && !isWithinHead(to);
    if (!direct && isWithinHead(window.contiguousEnd(0, from, to))) {
      return 0;
    }
    int reach = direct ? to : position;
    if (reach < heldBelow) {
      return reach;
    }
    BitSet left = (BitSet) torn.clone();
    left.clear(from, to);
    int mixed = left.nextSetBit(reach);
    int there = window.contiguousEnd(reach, from, to);
    return mixed < 0 ? there : Math.min(there, mixed);
  }

  /** Below this, what is not there is missing, since a client left. */
  int missingBelow() {
    return missingBelow;
  }

  /** Below this, what is kept waits for being written again, since a client was lost. */
  int heldBelow() {
    return heldBelow;
  }

  /** The last writes that were served. */
  ServedWrites served() {
    return served;
  }

  /** Whether a client that leaves now completes the stream. */
  boolean leaveCompletes(Writer writer, Goodbye.Kind kind) {
    if (!writer.wrote) {
      boolean last = clients == 1 && kind != Goodbye.Kind.LOST;
      return vouched && last && !state.ended() && !disputed && isWhole();
    }
    boolean able = writers == 1 && !state.ended() && !disputed && !writer.writeRefused;
    boolean allThere =
        settings.size().isPresent()
            && !isWithinHead(window.end())
            && guesses.isEmpty()
            && torn.isEmpty()
            && contiguousEnd(position) >= end;
    if (able && kind != Goodbye.Kind.LOST && hasData() && allThere) {
      return true;
    }
    return vouchesFor(writer, kind) && clients == 1;
  }

  /** Whether a writer's goodbye says that the stream is whole. */
  private boolean vouchesFor(Writer writer, Goodbye.Kind kind) {
    boolean gaps = !guesses.isEmpty() || contiguousEnd(position) < window.end();
    return writers == 1
        && !state.ended()
        && !disputed
        && writer.isWelcome()
        && kind == Goodbye.Kind.DISCONNECTED
        && !writer.readRefused
        && !(writer.leavesGapsOpen() && gaps)
        && isWhole();
  }

  /** Whether a write that begins below the position is served as far as it goes beyond. */
  boolean mayRepeat(int from, int length, byte @Nullable [] content) {
    int below = Math.min(position, Math.min(from + length, end));
    int guess = guesses.nextSetBit(from);
    if (guess >= 0 && guess < below) {
      return false;
    }
    if (settings.resumeWindow() > 0 && from >= position - settings.resumeWindow()) {
      for (int at = from; at < below; at++) {
        if (!window.mayBe(at, content == null ? 0 : content[at - from])) {
          return false;
        }
      }
      return true;
    }
    return served.mayComeAgain(from, length, content == null, below);
  }

  /** What was written to a range. */
  byte[] content(int from, int to) {
    return window.content(from, to);
  }

  /** Whether {@code finish} would now find everything there. */
  boolean canFinish() {
    return guesses.isEmpty() && contiguousEnd(position) >= settings.size().orElse(reached());
  }

  /** Whether something may be a mixture, so that nobody can finish it. */
  boolean isTorn() {
    return !torn.isEmpty();
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
    @Nullable Outcome refusal = refusal(writer, from, content.length, content);
    if (refusal != null) {
      return refusal;
    }
    int start = Math.clamp(position, from, to);
    Outcome outcome = outcome(writer, start, to, fits(start, to));
    note(writer, start, to);
    served.add(writer, from, content.length, false, to);
    if (start < to) {
      torn.clear(start, to);
      window.putData(start, to, Arrays.copyOfRange(content, start - from, content.length));
    }
    return outcome;
  }

  Outcome zeroes(Writer writer, int from, int length) {
    int to = Math.min(from + length, end);
    @Nullable Outcome refusal = refusal(writer, from, length, null);
    if (refusal != null) {
      return refusal;
    }
    int start = Math.clamp(position, from, to);
    boolean room = hasRoomFor(0) && (hasWindow() || start == position);
    Outcome outcome = outcome(writer, start, to, room);
    note(writer, start, to);
    served.add(writer, from, length, true, to);
    torn.clear(start, to);
    window.putZeroes(start, to);
    return outcome;
  }

  Outcome trim() {
    return Outcome.certain(state == StreamState.FAILED ? Status.ENDED : Status.OK, position);
  }

  Outcome flush(Writer writer) {
    writer.flushed = true;
    return trim();
  }

  Outcome read(Writer reader, int from, int to) {
    if (state == StreamState.FAILED) {
      return Outcome.certain(Status.ENDED, position);
    }
    boolean refused = from < position || !torn.get(from, to).isEmpty();
    reader.readRefused |= refused;
    return Outcome.certain(refused ? Status.REFUSED : Status.OK, position);
  }

  /** A client leaves. */
  Outcome leave(Writer writer, Goodbye.Kind kind) {
    boolean complete = leaveCompletes(writer, kind);
    vouched = writer.wrote ? vouchesFor(writer, kind) : vouched && kind != Goodbye.Kind.LOST;
    clients--;
    if (writer.wrote && !state.ended()) {
      writers--;
      boolean trace = writers > 0 || position > 0 || window.end() > 0;
      boolean proper = kind == Goodbye.Kind.DISCONNECTED && !writer.writeRefused;
      if (!complete && !vouched && trace && (!proper || !isWithinHead(window.end()))) {
        leaveBehind(writer, kind);
      }
      served.leave(writer, kind == Goodbye.Kind.DISCONNECTED);
    }
    if (complete) {
      state = StreamState.COMPLETED;
    } else if (clients == 0 && state == StreamState.STREAMING) {
      state = StreamState.INTERRUPTED;
    }
    return Outcome.certain(Status.OK, complete ? reached() : position);
  }

  private void leaveBehind(Writer writer, Goodbye.Kind kind) {
    changedHands = true;
    guessLeft |= !guesses.isEmpty();
    missingBelow = Math.max(missingBelow, window.end());
    if (writers == 0 || kind != Goodbye.Kind.DISCONNECTED || writer.writeRefused) {
      owed = true;
      int first = contiguousEnd(position);
      int next = contiguousEnd(Math.max(position, writer.reached));
      int expected = Math.max(Math.max(first, next) + 1, writer.pendingEnd);
      missingBelow =
          Math.max(missingBelow, (int) Math.min(expected, settings.size().orElse(expected)));
    }
    boolean inHead = isWithinHead(window.end());
    if (!inHead && (writers == 0 || kind == Goodbye.Kind.LOST)) {
      heldBelow = Math.max(heldBelow, window.end());
    }
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
    if (from == position && !isWithinHead(from + content.length)) {
      assertThat(now).isBetween(from, to);
      torn.clear(from, now);
      window.putData(from, now, content);
      served.add(writer, from, content.length, false, now);
      moveTo(now);
    } else {
      int whole = Math.min(from + content.length, end);
      if (window.dataBytes(from, whole) > 0) {
        torn.set(from, whole);
      }
      window.maybePut(from, to, content);
      served.add(writer, from, content.length, false, from);
    }
    return leave(writer, Goodbye.Kind.LOST);
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
    if (outcome.writer() != null) {
      outcome.writer().decided(answer == Status.OK);
    }
    if (answer == Status.REFUSED && before != null) {
      torn = tornBefore;
      window = before;
      served.refuseLast();
      Objects.requireNonNull(outcome.writer()).writeRefused = true;
    }
    before = null;
    moveTo(now);
    assertThat(window.dataBytes())
        .as("bytes of data that are kept")
        .isLessThanOrEqualTo((int) settings.reorderWindow() + 2 * settings.headWindow());
    boolean agreed = !changedHands && !disputed && torn.isEmpty();
    boolean whole = position == settings.end() && guesses.isEmpty() && agreed;
    @Nullable Writer by = outcome.writer();
    if (by != null && !by.writeRefused && whole && hasData()) {
      state = StreamState.COMPLETED;
    }
  }

  /** The stream has failed, and keeps nothing. */
  void fail() {
    state = StreamState.FAILED;
    window.dropBelow(end);
  }

  private @Nullable Outcome refusal(
      Writer writer, int from, int length, byte @Nullable [] content) {
    int to = Math.min(from + length, end);
    if (state == StreamState.FAILED) {
      return Outcome.certain(Status.ENDED, position);
    }
    if (from >= to) {
      return Outcome.certain(Status.OK, position);
    }
    if (state == StreamState.COMPLETED || writer.astray) {
      return Outcome.certain(Status.REFUSED, position);
    }
    if (from >= position) {
      return null;
    }
    int guess = guesses.nextSetBit(from);
    if (guess >= 0 && guess < to) {
      return Outcome.certain(Status.ENDED, position);
    }
    if (mayRepeat(from, length, content)) {
      return null;
    }
    writer.writeRefused = true;
    writer.astray = !writer.contributed;
    disputed |= writer.contributed;
    return Outcome.certain(Status.REFUSED, position);
  }

  private Outcome outcome(Writer writer, int from, int to, boolean room) {
    before = null;
    int reach = positionAfter(from, to);
    if (from == to) {
      return Outcome.certain(Status.OK, position);
    }
    if (room) {
      return new Outcome(Set.of(Status.OK), reach, reach, writer);
    }
    int there = contiguousEnd(position);
    int high = Math.max(reach, contiguousEnd(to));
    if (there >= (owed ? from : Math.min(from, missingBelow))) {
      return new Outcome(Set.of(Status.OK), reach, high, writer);
    }
    before = window.copy();
    tornBefore = (BitSet) torn.clone();
    return new Outcome(Set.of(Status.OK, Status.REFUSED), position, Math.max(high, there), writer);
  }

  private void note(Writer writer, int from, int to) {
    vouched = false;
    writer.writes(from, to);
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
    passedData |= window.hasWritten(position, now);
    window.dropBelow(now);
    position = now;
  }

  private boolean hasData() {
    return passedData || window.hasWritten(position, end);
  }

  private boolean isWithinHead(int reach) {
    return position == 0 && reach <= settings.headWindow();
  }

  private boolean isDataMissing() {
    int there = contiguousEnd(position);
    return there < missingBelow || (owed && there < window.end());
  }

  private boolean isWhole() {
    if (guessLeft || isDataMissing() || isTorn()) {
      return false;
    }
    if (settings.size().isEmpty()) {
      return reached() > settings.headWindow();
    }
    boolean probe = end <= StreamSettings.SECTOR && position == 0 && window.dataBytes() == 0;
    return reached() == end && !probe;
  }
}
