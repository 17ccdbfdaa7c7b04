package dev.sluice.journal;

import dev.sluice.journal.LiveRecords.Place;
import dev.sluice.posix.FilePath;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A journal, and what it contained when it was opened.
 *
 * @param entries the entries in the order in which they were added
 */
public record OpenedJournal(Journal journal, List<Entry> entries) {

  /**
   * Opens the journal in a folder. Creates both if they are missing.
   *
   * @throws UnusableJournalException when another service uses it, it is damaged, a newer release
   *     wrote it, or it cannot be written
   */
  public static OpenedJournal open(FilePath path) throws UnusableJournalException {
    JournalFolder folder = JournalFolder.open(path);
    boolean opened = false;
    try {
      Files.deleteIfExists(folder.file(JournalFolder.NEW_NAME));
      LiveRecords live = new LiveRecords();
      Map<String, Entry> entries = new LinkedHashMap<>();
      JournalFile file = file(folder, live, entries);
      opened = true;
      return new OpenedJournal(new Journal(folder, file, live), new ArrayList<>(entries.values()));
    } catch (IOException e) {
      throw new UnusableJournalException(
          "the store %s cannot be used: %s".formatted(path, e.getMessage()),
          "See to it that this service's user may write there, and that there is room; or name"
              + " another folder, or none to do without a store.");
    } finally {
      if (!opened) {
        folder.close();
      }
    }
  }

  private static JournalFile file(
      JournalFolder folder, LiveRecords live, Map<String, Entry> entries)
      throws UnusableJournalException, IOException {
    if (Files.notExists(folder.file(JournalFolder.NAME))) {
      Rewrite made = Rewrite.of(folder, null, live, List.of());
      return made.file();
    }
    long tail =
        new JournalReader(folder)
            .read((frame, at, length) -> take(frame, new Place(at, length), live, entries));
    folder.sync(); // the service may have been killed before it did
    return JournalFile.open(folder.file(JournalFolder.NAME), tail);
  }

  private static void take(Frame frame, Place place, LiveRecords live, Map<String, Entry> entries) {
    live.note(frame.kind(), frame.id(), place);
    if (frame.kind() == RecordKind.REMOVED) {
      entries.remove(frame.id());
    } else {
      entries.compute(
          frame.id(),
          (id, before) ->
              (before == null ? Entry.of(id) : before).with(frame.kind(), frame.text()));
    }
  }
}
