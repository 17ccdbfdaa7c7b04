package dev.sluice.journal;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The places of the records that still count, in the order in which their subjects were added. */
final class LiveRecords {

  /** Bytes that are kept free for the BEGUN and END records of each subject that has not ended. */
  static final int RESERVE_OF_ONE = 12 * 1024;

  /** Bytes that are kept free for the REMOVED record of each subject. */
  private static final int RESERVE_OF_REMOVAL = 128;

  private final Map<String, Places> all = new LinkedHashMap<>();
  private long bytes;
  private int open;

  /** The place of one line. */
  record Place(long at, int length) {}

  /** The lines about one subject. */
  record Places(@Nullable Place spec, @Nullable Place begun, @Nullable Place state, boolean ended) {

    static final Places NONE = new Places(null, null, null, false);

    Places with(RecordKind kind, Place place) {
      return switch (kind) {
        case SPEC -> new Places(place, begun, state, ended);
        case BEGUN -> new Places(spec, place, null, ended);
        case STATE -> new Places(spec, begun, place, ended);
        case END -> new Places(spec, begun, place, true);
        case REMOVED -> NONE;
      };
    }

    long bytes() {
      return length(spec) + length(begun) + length(state);
    }

    private static long length(@Nullable Place place) {
      return place == null ? 0 : place.length();
    }
  }

  Iterable<Map.Entry<String, Places>> all() {
    return all.entrySet();
  }

  boolean has(String id) {
    return all.containsKey(id);
  }

  /** Notes that a line has been written. */
  void note(RecordKind kind, String id, Place place) {
    Places before = all.getOrDefault(id, Places.NONE);
    boolean wasOpen = all.containsKey(id) && !before.ended();
    Places after = before.with(kind, place);
    if (kind == RecordKind.REMOVED) {
      all.remove(id);
    } else {
      all.put(id, after);
    }
    boolean isOpen = kind != RecordKind.REMOVED && !after.ended();
    open += (isOpen ? 1 : 0) - (wasOpen ? 1 : 0);
    bytes += after.bytes() - before.bytes();
  }

  /** Returns the bytes of all lines that still count. */
  long bytes() {
    return bytes;
  }

  /** Returns how many bytes have to be free if there are {@code more} subjects. */
  long reserve(int more) {
    return (long) (open + more) * RESERVE_OF_ONE + (long) (all.size() + more) * RESERVE_OF_REMOVAL;
  }

  /**
   * Makes room for a record. Returns whether to write it: only a state may be left out.
   *
   * @throws JournalException when there is no room for a spec
   */
  boolean makeRoom(JournalFile file, RecordKind kind, String id, int length)
      throws JournalException {
    try {
      switch (kind) {
        case SPEC, STATE -> file.makeRoom(length + reserve(has(id) ? 0 : 1));
        case BEGUN, END, REMOVED -> file.makeRoom(length);
      }
    } catch (IOException e) {
      if (kind == RecordKind.SPEC) {
        throw JournalException.full(e);
      }
      return kind != RecordKind.STATE;
    }
    return true;
  }
}
