package dev.sluice.stream.bytes;

import dev.sluice.stream.Goodbye;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.client.WriteHistory;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.window.Window;
import org.jspecify.annotations.Nullable;

/**
 * What is known of whether a write stream is whole: who has written, how clients have left, and
 * what was refused. Guarded by the request lock, except {@link #missing} and {@link #dispute}.
 */
final class Evidence {

  private final StreamCore core;
  private final Window window;
  private final Sequencer sequencer;

  /**
   * Attached clients that have written. The goodbye of the last one can be the end of the stream.
   */
  private int writers;

  /**
   * Whether a client has left that wrote beyond the head. A later client may have begun another
   * stream, whose beginning is still to come. Only when it leaves, and no write of it was refused,
   * is it known that it continued this one.
   */
  private boolean changedHands;

  /**
   * Whether the last writer's goodbye confirms the stream, but another client is attached, which
   * may still want to write.
   */
  private boolean vouched;

  /**
   * What a client with bytes in the stream wanted to have otherwise; null if nothing. Any thread
   * may set it.
   */
  private volatile @Nullable String dispute;

  private volatile @Nullable String missing;

  /** Creates it for a stream without clients. */
  Evidence(StreamCore core, Window window, Sequencer sequencer) {
    this.core = core;
    this.window = window;
    this.sequencer = sequencer;
  }

  /** Notes that a client's write is being served. */
  void write(WriteHistory writes) {
    if (!writes.wrote()) {
      writers++;
    }
    writes.write();
    missing = null;
    vouched = false;
  }

  /** Notes that a client with bytes in the stream was refused a write. Any thread. */
  void dispute(String refusal) {
    dispute = refusal;
  }

  /** Returns whether nothing reaches beyond the head, so that everything can still be rewritten. */
  boolean isWithinHead(long end) {
    return core.position() == 0 && end <= core.settings().headWindow();
  }

  /**
   * Returns whether the stream is complete by a client's write, because its whole declared size has
   * passed. Zeroes alone, even if they replaced data, may come from a client that prepares a disk,
   * so they are complete only at its goodbye.
   */
  boolean isWholeBySize(WriteHistory writes) {
    if (core.position() < core.settings().end()) {
      return false;
    }
    boolean whole =
        sequencer.hasData()
            && !sequencer.gaps().hasGuessed()
            && !changedHands
            && dispute == null
            && sequencer.lost().inWords() == null
            && !writes.isWriteRefused();
    if (!whole) {
      missing = explain();
    }
    return whole;
  }

  /** Returns whether the stream is complete because a client that has written leaves. */
  boolean isWholeByLeave(WriteHistory writes, Goodbye.Kind kind) {
    writers--;
    if (writers > 0 || dispute != null || writes.isWriteRefused()) {
      return false;
    }
    if (kind != Goodbye.Kind.LOST && sequencer.hasData() && isAllThere()) {
      return true;
    }
    vouched =
        kind == Goodbye.Kind.DISCONNECTED
            && !writes.isRefused()
            && !leavesGapsOpen(writes)
            && isWholeByGoodbye();
    return isVouchedFor();
  }

  /**
   * Returns whether the stream is complete because a client that has written nothing leaves, and
   * the last writer's goodbye now counts.
   */
  boolean isWholeWithout(Goodbye.Kind kind) {
    if (!vouched) {
      return false;
    }
    vouched = kind != Goodbye.Kind.LOST;
    missing = explain();
    return isVouchedFor();
  }

  private boolean isVouchedFor() {
    return vouched && dispute == null && core.lifecycle().hasOneClient() && isWholeByGoodbye();
  }

  /**
   * Notes that a client that has written, or wanted to, has left before the end of the stream. What
   * it wrote within the head counts as a probe, but only if it says goodbye.
   */
  void leftBehind(WriteHistory writes, Goodbye.Kind kind) {
    boolean proper = kind == Goodbye.Kind.DISCONNECTED && !writes.isWriteRefused();
    boolean last = writers == 0;
    boolean inHead = isWithinHead(window.end());
    boolean trace = !last || core.position() > 0 || !window.isEmpty();
    if (!vouched && trace && (!proper || !inHead)) {
      changedHands = true;
      boolean held = !inHead && (last || kind == Goodbye.Kind.LOST);
      sequencer.gaps().leaveBehind(writes, held, last || !proper);
    }
    missing = explain();
  }

  /** Returns whether a client's goodbye leaves gaps that it does not confirm as zeroes. */
  boolean leavesGapsOpen(WriteHistory writes) {
    boolean gaps =
        sequencer.gaps().hasGuessed() || window.contiguousEnd(core.position()) < window.end();
    return writes.hasFlushed() && gaps && !core.settings().assurances().padTail();
  }

  /** Updates {@link #missing} after data was dropped from the window. */
  void look() {
    missing = explain();
  }

  /**
   * Returns what has to come for the stream to continue or be complete, as text for people; null if
   * unknown. Any thread.
   */
  @Nullable String missing() {
    return missing;
  }

  /**
   * Returns whether every byte of a declared size was written. What is within the head may be a
   * probe.
   */
  private boolean isAllThere() {
    return core.settings().size().isPresent()
        && !isWithinHead(window.end())
        && !sequencer.gaps().hasGuessed()
        && sequencer.lost().inWords() == null
        && window.contiguousEnd(core.position()) >= core.settings().end();
  }

  /** Returns whether an orderly goodbye now is the end of the stream. */
  private boolean isWholeByGoodbye() {
    if (sequencer.gaps().mayHaveLostData() || sequencer.lost().inWords() != null) {
      return false;
    }
    StreamSettings settings = core.settings();
    long reached = Math.max(core.position(), window.end());
    if (settings.size().isEmpty()
        || (settings.assurances().padTail() && reached < settings.end())) {
      return reached > settings.headWindow();
    }
    return reached == settings.end() && !isProbe();
  }

  /**
   * Returns whether there are only zeroes in the only sector: qemu-img convert begins like that on
   * a disk that it creates.
   */
  private boolean isProbe() {
    return core.settings().end() <= StreamSettings.SECTOR
        && core.position() == 0
        && !window.hasData();
  }

  private String explain() {
    if (vouched && writers == 0) {
      return "the end of the clients that are attached: one that wrote to the end has said goodbye";
    }
    if (sequencer.lost().hasGivenUp()) {
      return sequencer.lost().inWords() + "; a client that writes them completes the export";
    }
    long from = window.contiguousEnd(core.position());
    boolean sized = core.settings().size().isPresent();
    long reached = Math.max(core.position(), window.end());
    long end = sized ? core.settings().end() : reached;
    if (from < end) {
      long to = window.nextAfter(from, end);
      return "bytes %d to %d%s, which no client has written; a client that writes them, or finish with {\"pad\": \"zero\"}, completes the export"
          .formatted(from, to - 1, window.contiguousEnd(to) < end ? " and others" : "");
    }
    if (sequencer.gaps().hasGuessed()) {
      return "finish with {\"pad\": \"zero\"}: there are zeroes where no client has written";
    }
    String mixed = sequencer.lost().inWords();
    if (mixed != null) {
      return mixed + "; a client that writes them completes the export";
    }
    if (dispute != null) {
      return "finish, if what the peer has is right all the same: " + dispute;
    }
    if (writers > 0) {
      return "the end of the clients that have written: all bytes are there";
    }
    if (!sized) {
      return "a client that goes on at %d and says goodbye, or finish".formatted(from);
    }
    return "finish: all bytes are there, but nobody has said that they are right";
  }
}
