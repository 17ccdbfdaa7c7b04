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

/** The folder of a store, open and locked (flock) until it is closed. */
final class JournalFolder implements AutoCloseable {

  /** The file that counts. */
  static final String NAME = "journal";

  /** What becomes that file, once it is on disk. */
  static final String NEW_NAME = "journal.new";

  private final FilePath path;
  private final Descriptor folder;

  private JournalFolder(FilePath path, Descriptor folder) {
    this.path = path;
    this.folder = folder;
  }

  /** Opens and locks a folder, which is made with mode 0700 if it is missing. */
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

  /** A name by which this process reaches a file, even where the folder has another name now. */
  Path file(String name) {
    return Path.of(PosixFiles.pathOf(folder.number()), name);
  }

  /** What is there under the name that counts. */
  FileStatus status() throws ErrnoException {
    return PosixFiles.statusAt(folder.number(), NAME);
  }

  /** The new file counts from now on, and for certain. */
  void exchange() throws IOException {
    Files.move(
        file(NEW_NAME),
        file(NAME),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    sync();
  }

  /** Has on disk which file has which name. */
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
