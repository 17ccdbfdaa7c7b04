package dev.sluice.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.TestSession.Status;
import java.util.BitSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a read stream promises, byte by byte, without any input or output: what can be read, and
 * when all of it has been. Where the promise leaves room, as for what is kept longer than it has to
 * be, the model follows the stream.
 */
final class ReadModel {

  /** What the stream remembers of a client. */
  static final class Reader {
    private int from = Integer.MAX_VALUE;
    private int to;

    private void got(int start, int end) {
      from = Math.min(from, start);
      to = Math.max(to, end);
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
   */
  record Outcome(Set<Status> answers, int from, int to, int kept, boolean fresh, boolean ended) {}

  private final StreamSettings settings;
  private final int input;
  private final int end;

  /** What no client has. */
  private final BitSet unread = new BitSet();

  /** What clients have that were lost later: the stream cannot be certain of it. */
  private final BitSet doubtful = new BitSet();

  /** What was passed over. */
  private final BitSet passed = new BitSet();

  /** What of it nobody has read. */
  private final BitSet kept = new BitSet();

  private int position;
  private int clients;
  private boolean endSeen;
  private @Nullable Reader last;
  private boolean lastIsSure = true;
  private StreamState state = StreamState.WAITING;

  /** A model of a stream whose peer gives so many bytes. */
  ReadModel(StreamSettings settings, int input) {
    this.settings = settings;
    this.input = input;
    this.end = (int) Math.min(settings.end(), Integer.MAX_VALUE);
    unread.set(0, (int) settings.size().orElse(input));
  }

  int position() {
    return position;
  }

  StreamState state() {
    return state;
  }

  /** Whether every byte has been read by somebody. */
  boolean isAllRead() {
    return unread.isEmpty();
  }

  Reader attach() {
    clients++;
    return new Reader();
  }

  /** What a read comes to that has not been sent yet. */
  Outcome read(int from, int length) {
    int to = Math.max(from, Math.min(from + length, end));
    if (state == StreamState.FAILED) {
      return still(Status.ENDED);
    }
    if (from >= to) {
      return still(Status.OK);
    }
    int reach = (int) Math.max(settings.reorderWindow(), settings.headWindow());
    if (state == StreamState.COMPLETED || from - position > reach) {
      return still(Status.REFUSED);
    }
    int taken = Math.max(position, Math.max(Math.min(to, settings.headWindow()), from));
    if (taken > input) {
      return atEnd(from, to, taken, false);
    }
    int below = Math.min(to, taken);
    if (isGone(from, below)) {
      return new Outcome(Set.of(Status.REFUSED), from, to, taken, false, false);
    }
    boolean sure = isKept(from, below, taken);
    if (sure && to > input) {
      return atEnd(from, to, taken, true);
    }
    Set<Status> answers = sure ? Set.of(Status.OK) : Set.of(Status.OK, Status.REFUSED);
    return new Outcome(answers, from, to, taken, to > taken, false);
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
    endSeen |= outcome.ended;
    boolean asked = outcome.ended || answer == Status.OK;
    if (outcome.fresh && asked && state == StreamState.INTERRUPTED) {
      state = StreamState.STREAMING;
    }
    if (answer == Status.ENDED) {
      state = StreamState.FAILED;
    } else if (answer == Status.OK && outcome.from < outcome.to) {
      unread.clear(outcome.from, outcome.to);
      doubtful.clear(outcome.from, outcome.to);
      this.kept.clear(outcome.from, outcome.to);
      reader.got(outcome.from, outcome.to);
      last = reader;
      lastIsSure = true;
    }
  }

  /** Two reads next to each other were served in an order that nobody knows. */
  void blur(int from, int to) {
    passed.set(from, to);
    lastIsSure = false;
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
    reader.got(outcome.from, outcome.to);
    doubtful.set(reader.from, reader.to);
    this.kept.clear(outcome.from, outcome.to);
    lastIsSure = false;
    clients--;
    if (outcome.fresh && state == StreamState.INTERRUPTED && then == StreamState.STREAMING) {
      state = then;
    }
    interruptIfAlone();
  }

  /** A client leaves that has read its replies; {@code properly} is with a goodbye. */
  void leave(Reader reader, boolean properly, StreamState then) {
    clients--;
    boolean possible = !state.ended() && unread.isEmpty() && isAtEnd(properly);
    boolean complete = possible && (reader == last || !lastIsSure);
    boolean certain = possible && reader == last && lastIsSure && doubtful.isEmpty();
    if (certain || (complete && then == StreamState.COMPLETED)) {
      state = StreamState.COMPLETED;
    }
    interruptIfAlone();
  }

  /** Somebody asked for the end, and got it or not. */
  void finish(boolean completed) {
    boolean possible = unread.isEmpty() && position == Math.min(input, end);
    assertThat(completed).as("the end").isIn(possible, possible && doubtful.isEmpty());
    endSeen |= position == input; // without a size it waited for that
    if (completed) {
      state = StreamState.COMPLETED;
    }
  }

  private boolean isAtEnd(boolean properly) {
    if (settings.size().isPresent()) {
      return position == end;
    }
    return position == input && (endSeen || (properly && position > settings.headWindow()));
  }

  private void interruptIfAlone() {
    if (clients == 0 && state == StreamState.STREAMING) {
      state = StreamState.INTERRUPTED;
    }
  }

  /** Whether none of it can be there: it went straight to a client. */
  private boolean isGone(int from, int below) {
    int first = Math.max(from, settings.headWindow());
    return first < Math.min(below, position)
        && passed.nextClearBit(first) < Math.min(below, position);
  }

  /** Whether all of it has to be there: it is in the head, or passed over and not read. */
  private boolean isKept(int from, int below, int taken) {
    int first = Math.max(from, settings.headWindow());
    int old = Math.min(below, position);
    if (first >= old) {
      return true;
    }
    int later = passed.get(first, position).cardinality() + Math.max(0, taken - position);
    return kept.nextClearBit(first) >= old && later <= settings.reorderWindow();
  }

  private Outcome atEnd(int from, int to, int taken, boolean fresh) {
    Status answer = settings.size().isPresent() ? Status.ENDED : Status.REFUSED;
    return new Outcome(Set.of(answer), from, to, taken, fresh, true);
  }

  private static Outcome still(Status answer) {
    return new Outcome(Set.of(answer), 0, 0, 0, false, false);
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
