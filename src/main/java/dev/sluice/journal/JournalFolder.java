package dev.sluice.journal;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.FileLocks;
import dev.sluice.posix.FilePath;
import dev.sluice.posix.Folders;
import dev.sluice.posix.Posix;
import dev.sluice.posix.PosixFiles;
import dev.sluice.posix.PosixFiles.FileStatus;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The folder of a store. It is open, and locked by flock(2), until it is closed. */
final class JournalFolder implements AutoCloseable {

  /** The name of the journal's file. */
  static final String NAME = "journal";

  /** The name of a new file until it is on disk and replaces the old one. */
  static final String NEW_NAME = "journal.new";

  private final FilePath path;
  private final Descriptor folder;

  private JournalFolder(FilePath path, Descriptor folder) {
    this.path = path;
    this.folder = folder;
  }

  /** Opens and locks a folder. Creates it with mode 0700 if it is missing. */
  static JournalFolder open(FilePath path) throws UnusableJournalException {
    try {
      Folders.make(path);
      Descriptor folder = new Descriptor(PosixFiles.openFolder(path));
      boolean locked = false;
      try {
        locked = Posix.lock(folder.number());
        if (!locked) {
          FileStatus status = PosixFiles.status(folder.number());
          throw new UnusableJournalException(
              "%s has the store %s already"
                  .formatted(FileLocks.describe(FileLocks.holder(status)), path),
              "Stop that one, or name another folder for this one.");
        }
        return new JournalFolder(path, folder);
      } finally {
        if (!locked) {
          folder.close();
        }
      }
    } catch (ErrnoException e) {
      throw new UnusableJournalException(
          "the store %s cannot be made or opened: %s".formatted(path, e.getMessage()),
          "Name a folder that this service's user may write to, or none to do without a store.");
    }
  }

  FilePath path() {
    return path;
  }

  /**
   * Returns a path by which this process reaches a file of the folder, even if the folder was
   * renamed.
   */
  Path file(String name) {
    return Path.of(PosixFiles.pathOf(folder.number()), name);
  }

  /** Returns the status of the file with the journal's name. */
  FileStatus status() throws ErrnoException {
    return PosixFiles.statusAt(folder.number(), NAME);
  }

  /** Replaces the old file by the new one, and waits until that is on disk. */
  void exchange() throws IOException {
    Files.move(
        file(NEW_NAME),
        file(NAME),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    sync();
  }

  /** Syncs the folder, so that the names of its files are on disk. */
  void sync() throws IOException {
    try (FileChannel itself = FileChannel.open(file("."))) {
      itself.force(true);
    }
  }

  @Override
  public void close() {
    folder.close();
  }
}
