package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import dev.sluice.stream.bytes.TestSession.Status;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a read stream promises, byte by byte, without any input or output: what can be read, and
 * when all of it has been. Where the promise leaves room, as for what is kept longer than it has to
 * be, the model follows the stream.
 */
final class ReadModel {

  /** What the stream remembers of a client. */
  static final class Reader {
    private final BitSet sent = new BitSet();

    /** What of it had been refused before, and may have been. */
    private final BitSet again = new BitSet();

    private final BitSet maybeAgain = new BitSet();
    private boolean late;

    /** Whether it asked for what is not there any more and what it never had. */
    boolean isLate() {
      return late;
    }
  }

  /**
   * What may come of a read.
   *
   * @param from where it begins
   * @param to where it ends, in the stream
   * @param kept the part of it that has to be taken into memory first ends here, or before it
   * @param fresh whether bytes are asked for that are to go straight to the client
   * @param ended whether it is the end of the input that the read is refused for
   * @param early whether it is refused before anything is looked for
   */
  record Outcome(
      Set<Status> answers,
      int from,
      int to,
      int kept,
      boolean fresh,
      boolean ended,
      boolean early) {

    /** The same, but the reply had begun when it turned out that there is no rest of it. */
    Outcome brokenOff() {
      return new Outcome(answers, from, to, kept, fresh, true, early);
    }

    /** Otherwise it is too far ahead, or there is no more. */
    private boolean isTooLateIfRefused() {
      return to > from && !ended && !early;
    }
  }

  private final StreamSettings settings;
  private final int input;
  private final int end;

  /** What was sent to anybody for certain. */
  private final BitSet sent = new BitSet();

  /** What may have been sent to clients that were lost. */
  private final BitSet maybeSent = new BitSet();

  /** What a client was refused, and nobody was sent since. */
  private final BitSet refused = new BitSet();

  /** The same, if clients that were lost were not sent it. */
  private final BitSet maybeRefused = new BitSet();

  /** What clients have that said goodbye. */
  private final BitSet received = new BitSet();

  /** What was passed over. */
  private final BitSet passed = new BitSet();

  /** What of it nobody has read. */
  private final BitSet kept = new BitSet();

  private int position;
  private int clients;
  private boolean endSeen;

  /** Where the last bytes are kept from on, for certain; negative: nowhere yet. */
  private int recent = -1;

  private StreamState state = StreamState.WAITING;

  /** A model of a stream whose peer gives so many bytes. */
  ReadModel(StreamSettings settings, int input) {
    this.settings = settings;
    this.input = input;
    this.end = (int) Math.min(settings.end(), Integer.MAX_VALUE);
  }

  int position() {
    return position;
  }

  StreamState state() {
    return state;
  }

  Reader attach() {
    clients++;
    return new Reader();
  }

  /** What a read comes to that has not been sent yet. */
  Outcome read(Reader reader, int from, int length) {
    int to = Math.max(from, Math.min(from + length, end));
    if (state == StreamState.FAILED) {
      return still(Status.ENDED);
    }
    if (from >= to) {
      return still(Status.OK);
    }
    int reach = (int) Math.max(settings.reorderWindow(), settings.headWindow());
    if (state == StreamState.COMPLETED || from - position > reach) {
      return early(from, to);
    }
    if (reader.late && to > position) {
      return early(from, to);
    }
    if (recent < 0 && to > settings.headWindow()) {
      recent = position;
    }
    int taken = Math.max(position, Math.max(Math.min(to, settings.headWindow()), from));
    if (taken > input) {
      return atEnd(from, to, taken, false);
    }
    int below = Math.min(to, taken);
    if (isGone(from, below)) {
      return new Outcome(Set.of(Status.REFUSED), from, to, taken, false, false, false);
    }
    boolean sure = isKept(from, below, taken);
    if (sure && to > input) {
      return atEnd(from, to, taken, true);
    }
    Set<Status> answers = EnumSet.of(Status.OK);
    if (!sure) {
      answers.add(Status.REFUSED);
    }
    if (to > taken && to == end && hasExcess()) {
      answers.add(Status.ENDED); // if the byte beyond is there already
    }
    return new Outcome(answers, from, to, taken, to > taken, false, false);
  }

  /** Holds what has come against what may come. */
  void settle(Reader reader, Outcome outcome, Status answer, int now) {
    assertThat(answer).isIn(outcome.answers);
    int kept = Math.max(position, outcome.kept);
    if (outcome.ended) {
      assertThat(now).as("position").isBetween(position, Math.max(position, input));
    } else {
      int all = Math.max(kept, outcome.to);
      assertThat(now).as("position").isEqualTo(answer == Status.OK ? all : kept);
    }
    moveTo(now, kept);
    if (answer == Status.REFUSED) {
      refused.set(outcome.from, outcome.to);
    }
    endSeen |= outcome.ended;
    boolean asked = outcome.ended || answer == Status.OK;
    if (outcome.fresh && asked && state == StreamState.INTERRUPTED) {
      state = StreamState.STREAMING;
    }
    if (answer == Status.ENDED) {
      state = StreamState.FAILED;
    } else if (answer == Status.OK) {
      sent.set(outcome.from, outcome.to);
      reader.sent.set(outcome.from, outcome.to);
      move(refused, reader.again, outcome);
      move(maybeRefused, reader.maybeAgain, outcome);
      this.kept.clear(outcome.from, outcome.to);
    } else if (outcome.isTooLateIfRefused()) {
      int below = Math.min(outcome.to, position);
      reader.late |= reader.sent.nextClearBit(outcome.from) < below;
    }
  }

  /** Two reads next to each other were served in an order that nobody knows. */
  void blur(int from, int to) {
    passed.set(from, to);
  }

  /**
   * A client was lost before it had its reply.
   *
   * @param now the stream's position since then
   * @param then the stream's state since then
   */
  void lose(Reader reader, Outcome outcome, int now, StreamState then) {
    int kept = Math.max(position, outcome.kept);
    assertThat(now).as("position").isBetween(position, Math.max(kept, outcome.to));
    moveTo(now, kept);
    maybeSent.set(outcome.from, outcome.to);
    if (outcome.answers.contains(Status.REFUSED)) {
      maybeRefused.set(outcome.from, outcome.to);
    }
    losePast(reader);
    this.kept.clear(outcome.from, outcome.to);
    clients--;
    if (then == StreamState.FAILED && outcome.answers.contains(Status.ENDED)) {
      state = then;
    }
    if (outcome.fresh && state == StreamState.INTERRUPTED && then == StreamState.STREAMING) {
      state = then;
    }
    interruptIfAlone();
  }

  private static void move(BitSet from, BitSet to, Outcome outcome) {
    BitSet part = new BitSet();
    part.set(outcome.from, outcome.to);
    part.and(from);
    to.or(part);
    from.clear(outcome.from, outcome.to);
  }

  /** What a lost client was sent after it had been refused is missing as before. */
  private void losePast(Reader reader) {
    refused.or(reader.again);
    maybeRefused.or(reader.maybeAgain);
  }

  /** A client leaves that has read its replies; {@code properly} is with a goodbye. */
  void leave(Reader reader, boolean properly, StreamStatus then) {
    boolean goodbye = properly || settings.assurances().acceptClose();
    if (!goodbye) {
      losePast(reader);
    }
    if (!state.ended() && goodbye) {
      received.or(reader.sent);
      boolean begun = position > settings.headWindow();
      boolean drops = begun && clients == 1 && acceptsUnread(then);
      boolean waits = begun || settings.size().isPresent();
      if (position > 0 && (drops || hasAll())) {
        end(drops, waits, then);
      }
    }
    clients--;
    interruptIfAlone();
  }

  /** Somebody asks for the end; returns what should come of it. */
  Status finish(boolean acceptUnread, StreamStatus then) {
    boolean drops = acceptUnread || acceptsUnread(then);
    if (drops || hasAll()) {
      end(drops, true, then);
    }
    return switch (state) {
      case COMPLETED -> Status.OK;
      case FAILED -> Status.ENDED;
      default -> Status.REFUSED;
    };
  }

  /** Whether clients have all that there is to be read. */
  private boolean hasAll() {
    return received.nextClearBit(0) >= (settings.size().isPresent() ? end : position);
  }

  /**
   * Whether only bytes are missing that nobody was sent; if that is unknown, as the stream has it.
   */
  private boolean acceptsUnread(StreamStatus then) {
    return settings.assurances().acceptUnread()
        && isWithinReceived(sent)
        && refused.isEmpty()
        && ((isWithinReceived(maybeSent) && maybeRefused.isEmpty()) || then.state().ended());
  }

  private boolean isWithinReceived(BitSet bytes) {
    BitSet rest = (BitSet) bytes.clone();
    rest.andNot(received);
    return rest.isEmpty();
  }

  private boolean hasExcess() {
    return settings.size().isPresent() && input > end && !settings.assurances().acceptExcess();
  }

  private void end(boolean drops, boolean waits, StreamStatus then) {
    int last = Math.min(input, end);
    if (drops) {
      boolean tooShort = settings.size().isPresent() && input < end;
      assertThat((int) then.position()).isBetween(tooShort ? position : last, last);
      moveTo((int) then.position(), 0);
      state = tooShort ? StreamState.FAILED : state;
    }
    endSeen |= waits && position == input;
    boolean whole = settings.size().isPresent() ? position == end : endSeen && position == input;
    if (whole) {
      state = hasExcess() ? StreamState.FAILED : StreamState.COMPLETED;
    }
  }

  private void interruptIfAlone() {
    if (clients == 0 && state == StreamState.STREAMING) {
      state = StreamState.INTERRUPTED;
    }
  }

  /** Whether none of it can be there: it went straight to a client. */
  private boolean isGone(int from, int below) {
    int first = Math.max(from, settings.headWindow());
    long old = Math.min(Math.min(below, position), position - settings.resumeWindow());
    return first < old && passed.nextClearBit(first) < old;
  }

  /** Whether all of it has to be there: it is in the head, or passed over and not read. */
  private boolean isKept(int from, int below, int taken) {
    int first = Math.max(from, settings.headWindow());
    int old = Math.min(below, position);
    if (recent >= 0) {
      old = (int) Math.min(old, Math.max(recent, position - settings.resumeWindow()));
    }
    if (first >= old) {
      return true;
    }
    int later = passed.get(first, position).cardinality() + Math.max(0, taken - position);
    return kept.nextClearBit(first) >= old && later <= settings.reorderWindow();
  }

  private Outcome atEnd(int from, int to, int taken, boolean fresh) {
    Status answer = settings.size().isPresent() ? Status.ENDED : Status.REFUSED;
    return new Outcome(Set.of(answer), from, to, taken, fresh, true, false);
  }

  private static Outcome still(Status answer) {
    return new Outcome(Set.of(answer), 0, 0, 0, false, false, false);
  }

  private static Outcome early(int from, int to) {
    return new Outcome(Set.of(Status.REFUSED), from, to, 0, false, false, true);
  }

  /** What is below {@code inMemory} was taken into memory on the way. */
  private void moveTo(int now, int inMemory) {
    if (now == position) {
      return;
    }
    int from = Math.max(position, settings.headWindow());
    int to = Math.min(now, inMemory);
    if (from < to) {
      passed.set(from, to);
      kept.set(from, to);
    }
    position = now;
    if (position > settings.headWindow()) {
      state = StreamState.STREAMING;
    }
  }
}
