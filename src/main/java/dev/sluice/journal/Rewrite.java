package dev.sluice.journal;

import dev.sluice.journal.LiveRecords.Place;
import dev.sluice.journal.LiveRecords.Places;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A new file with the records that still count. It replaces the old file once it is on disk.
 *
 * @param file the new file, all of which is on disk
 * @param live the places of its records
 */
record Rewrite(JournalFile file, LiveRecords live) {

  /**
   * Creates the new file, and replaces the old one. If that fails, nothing has changed.
   *
   * @param old the file with the records; null if there is none
   * @param unwritten records that are in no file yet
   */
  static Rewrite of(
      JournalFolder folder,
      @Nullable JournalFile old,
      LiveRecords live,
      Collection<Frame> unwritten)
      throws IOException {
    JournalFile next = JournalFile.create(folder.file(JournalFolder.NEW_NAME));
    boolean exchanged = false;
    try {
      LiveRecords moved = new LiveRecords();
      if (old != null) {
        copy(old, live, next, moved);
      }
      for (Frame frame : unwritten) {
        add(frame, next, moved);
      }
      next.makeRoom(Math.max(1, moved.reserve(0)));
      next.sync();
      next.noteSynced(next.tail());
      folder.exchange();
      exchanged = true;
      return new Rewrite(next, moved);
    } finally {
      if (!exchanged) {
        next.close();
        Files.deleteIfExists(folder.file(JournalFolder.NEW_NAME));
      }
    }
  }

  private static void copy(JournalFile old, LiveRecords live, JournalFile next, LiveRecords moved)
      throws IOException {
    for (Map.Entry<String, Places> entry : live.all()) {
      Places places = entry.getValue();
      for (Place place : new Place[] {places.spec(), places.begun(), places.state()}) {
        if (place != null) {
          add(old.read(place.at(), place.length()), next, moved);
        }
      }
    }
  }

  private static void add(Frame frame, JournalFile next, LiveRecords moved) throws IOException {
    byte[] line = frame.inNewFile().encode();
    moved.note(frame.kind(), frame.id(), new Place(next.append(line), line.length));
  }
}
