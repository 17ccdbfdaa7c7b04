package dev.sluice.stream.bytes;

import dev.sluice.stream.Goodbye;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.client.WriteHistory;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.window.Window;
import org.jspecify.annotations.Nullable;

/**
 * What is known of whether a write stream is whole: who has written, who has left and how, and what
 * had to be refused. Guarded by the stream's lock, except for {@link #missing}.
 */
final class Evidence {

  private final StreamCore core;
  private final Window window;
  private final Sequencer sequencer;

  /** Attached clients that have written: the last one's goodbye can be the end of the stream. */
  private int writers;

  /**
   * Whether a client has left that wrote beyond the head. Whoever comes after it may have begun
   * another stream, of which the beginning is still to come: only when it leaves, and was refused
   * nothing, is it known that it went on with this one.
   */
  private boolean changedHands;

  /**
   * Whether the last writer's goodbye vouches for the stream, except that another client is
   * attached, which may have something to write.
   */
  private boolean vouched;

  /** What a client that has bytes in the stream wanted to have otherwise; set by any thread. */
  private volatile @Nullable String dispute;

  private volatile @Nullable String missing;

  /** Nothing is known yet. */
  Evidence(StreamCore core, Window window, Sequencer sequencer) {
    this.core = core;
    this.window = window;
    this.sequencer = sequencer;
  }

  /** A client's write is served. */
  void write(WriteHistory writes) {
    if (!writes.wrote()) {
      writers++;
    }
    writes.write();
    missing = null;
    vouched = false;
  }

  /** A client that has bytes in the stream was refused a write. */
  void dispute(String refusal) {
    dispute = refusal;
  }

  /** Whether nothing reaches beyond the head, so that everything can still be rewritten. */
  boolean isWithinHead(long end) {
    return core.position() == 0 && end <= core.settings().headWindow();
  }

  /**
   * Whether the stream is complete, all of its declared size having gone, by a client's write.
   * Zeroes alone may be how a client prepares a disk, so they are the end at its goodbye only, also
   * where they replaced data.
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

  /** A client that has written leaves: whether the stream is complete by that. */
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

  /** A client that has written nothing leaves: whether the last writer's goodbye counts now. */
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
   * A client that has written, or wanted to, has left, and not at the stream's end. What is within
   * the head may be a probe, but only of a client that says goodbye.
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

  /** Whether a client's goodbye leaves gaps that it says nothing about. */
  boolean leavesGapsOpen(WriteHistory writes) {
    boolean gaps =
        sequencer.gaps().hasGuessed() || window.contiguousEnd(core.position()) < window.end();
    return writes.hasFlushed() && gaps && !core.settings().assurances().padTail();
  }

  /** The window is another one than it was when the last client left. */
  void look() {
    missing = explain();
  }

  /** What has to come for the stream to go on or be complete, in words; any thread may ask. */
  @Nullable String missing() {
    return missing;
  }

  /** Whether every byte of a declared size was written; what is in the head may be a probe. */
  private boolean isAllThere() {
    return core.settings().size().isPresent()
        && !isWithinHead(window.end())
        && !sequencer.gaps().hasGuessed()
        && sequencer.lost().inWords() == null
        && window.contiguousEnd(core.position()) >= core.settings().end();
  }

  /** Whether an orderly goodbye now is the end of the stream. */
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

  /** Zeroes in the only sector are how qemu-img convert begins on a disk that it creates. */
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
