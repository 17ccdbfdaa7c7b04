package dev.sluice.stream;

import org.jspecify.annotations.Nullable;

/**
 * What is known of whether a write stream is whole: who has written, who has left and how, and what
 * had to be refused. Guarded by the stream's lock, except for {@link #missing}.
 */
final class Evidence {

  private final ByteStream stream;
  private final Window window;
  private final Sequencer sequencer;

  /** Attached clients that have written: the last one's goodbye can be the end of the stream. */
  private int writers;

  /** Whether anything but zeroes was ever written. */
  private boolean hasData;

  /**
   * Whether a client has left that wrote beyond the head. Whoever comes after it may have begun
   * another stream, of which the beginning is still to come: only when it leaves, and was refused
   * nothing, is it known that it went on with this one.
   */
  private boolean changedHands;

  /** What a client that has bytes in the stream wanted to have otherwise, if there is such. */
  private @Nullable String dispute;

  private volatile @Nullable String missing;

  /** Nothing is known yet. */
  Evidence(ByteStream stream, Window window, Sequencer sequencer) {
    this.stream = stream;
    this.window = window;
    this.sequencer = sequencer;
  }

  /** A client's write is served. */
  void write(Client client, long from, long end) {
    if (!client.writes().wrote()) {
      writers++;
    }
    client.writes().write(from, end);
    missing = null;
  }

  /** What is written is not zeroes. */
  void writeData() {
    hasData = true;
  }

  /** A client that has bytes in the stream was refused a write. */
  void dispute(String refusal) {
    dispute = refusal;
  }

  /** Whether nothing reaches beyond the head, so that everything can still be rewritten. */
  boolean isWithinHead(long end) {
    return stream.position() == 0 && end <= stream.settings.headWindow();
  }

  /**
   * Whether the stream is complete, all of its declared size having gone, by a client's write.
   * Zeroes alone may be how a client prepares a disk, so they are the end at its goodbye only.
   */
  boolean isWholeBySize(Client client) {
    if (stream.position() < stream.settings.end()) {
      return false;
    }
    boolean whole =
        hasData
            && !sequencer.hasGuessed()
            && !changedHands
            && dispute == null
            && !client.writes().isWriteRefused();
    if (!whole) {
      missing = explain();
    }
    return whole;
  }

  /** A client that has written leaves: whether the stream is complete by that. */
  boolean isWholeByLeave(Client client, Goodbye.Kind kind) {
    writers--;
    if (writers > 0 || dispute != null || client.writes().isWriteRefused()) {
      return false;
    }
    if (kind != Goodbye.Kind.LOST && hasData && isAllThere()) {
      return true;
    }
    return kind == Goodbye.Kind.DISCONNECTED
        && !client.writes().isRefused()
        && !leavesGapsOpen(client)
        && isWholeByGoodbye();
  }

  /** A client that has written has left, and not at the stream's end. */
  void leftBehind(Client client, Goodbye.Kind kind) {
    if (!isWithinHead(window.end())) {
      boolean proper = kind == Goodbye.Kind.DISCONNECTED && !client.writes().isWriteRefused();
      changedHands = true;
      sequencer.leaveBehind(writers == 0 || kind == Goodbye.Kind.LOST, writers == 0 || !proper);
    }
    missing = explain();
  }

  /** Whether a client's goodbye leaves gaps that it says nothing about. */
  boolean leavesGapsOpen(Client client) {
    boolean gaps = sequencer.hasGuessed() || window.contiguousEnd(stream.position()) < window.end();
    return client.writes().leavesGapsOpen() && gaps && !stream.settings.assurances().padTail();
  }

  /** What has to come for the stream to go on or be complete, in words; any thread may ask. */
  @Nullable String missing() {
    return missing;
  }

  /** Whether every byte of a declared size was written; what is in the head may be a probe. */
  private boolean isAllThere() {
    return stream.settings.size().isPresent()
        && !isWithinHead(window.end())
        && !sequencer.hasGuessed()
        && window.contiguousEnd(stream.position()) >= stream.settings.end();
  }

  /** Whether an orderly goodbye now is the end of the stream. */
  private boolean isWholeByGoodbye() {
    if (sequencer.mayHaveLostData()) {
      return false;
    }
    StreamSettings settings = stream.settings;
    long reached = Math.max(stream.position(), window.end());
    if (settings.size().isEmpty()
        || (settings.assurances().padTail() && reached < settings.end())) {
      return reached > settings.headWindow();
    }
    return reached == settings.end() && !isProbe();
  }

  /** Zeroes in the only sector are how qemu-img convert begins on a disk that it creates. */
  private boolean isProbe() {
    return stream.settings.end() <= StreamSettings.SECTOR
        && stream.position() == 0
        && !window.hasData();
  }

  private String explain() {
    long from = window.contiguousEnd(stream.position());
    boolean sized = stream.settings.size().isPresent();
    long reached = Math.max(stream.position(), window.end());
    long end = sized ? stream.settings.end() : reached;
    if (from < end) {
      long to = window.nextAfter(from, end);
      return "bytes %d to %d%s, which no client has written; a client that writes them, or finish with {\"pad\": \"zero\"}, completes the export"
          .formatted(from, to - 1, window.contiguousEnd(to) < end ? " and others" : "");
    }
    if (sequencer.hasGuessed()) {
      return "finish with {\"pad\": \"zero\"}: there are zeroes where no client has written";
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
