package dev.sluice.export;

import dev.sluice.configuration.UnusableConfigurationException;
import dev.sluice.journal.OpenedJournal;
import dev.sluice.journal.UnusableJournalException;
import dev.sluice.posix.FilePath;

/** Opens the store at the start. */
final class StoreFolder {

  private static final String KEY = "sluice.exports.store";

  private StoreFolder() {}

  /**
   * Opens the journal in a folder.
   *
   * @throws UnusableConfigurationException when the service cannot start with it
   */
  static OpenedJournal open(FilePath folder) {
    try {
      return OpenedJournal.open(folder);
    } catch (UnusableJournalException e) {
      throw new UnusableConfigurationException(
          "%s: %s.".formatted(KEY, e.getMessage()), e.remedy());
    }
  }
}
