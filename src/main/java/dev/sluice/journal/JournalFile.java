package dev.sluice.journal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.FilePath;
import dev.sluice.posix.PosixFiles;
import dev.sluice.posix.PosixFiles.FileStatus;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * The file: a line with the version, a line for each record, and zeroes for what is to come. These
 * are written ahead, so that the disk has room for it. Not by a channel, which an interrupt of
 * whoever writes would close.
 */
final class JournalFile implements AutoCloseable {

  /** What the first line says, before the version. */
  static final String MAGIC = "sluice-journal ";

  /** The format that this release writes. */
  static final int VERSION = 1;

  /** So much is written ahead at a time. */
  static final int STEP = 256 * 1024;

  private static final FileAttribute<Set<PosixFilePermission>> OWNERS =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final RandomAccessFile file;
  private final FileStatus identity;

  /** Where the next record goes. */
  private long tail;

  /** Where the zeroes end. */
  private long size;

  /** What is on disk for certain. */
  private long synced;

  private JournalFile(Path path, long tail) throws IOException {
    file = new RandomAccessFile(path.toFile(), "rw");
    boolean opened = false;
    try (Descriptor place = new Descriptor(PosixFiles.openPlace(new FilePath(path.toString())))) {
      identity = PosixFiles.status(place.number());
      size = file.length();
      this.tail = tail;
      opened = true;
    } finally {
      if (!opened) {
        file.close();
      }
    }
  }

  /** A new one, without a record, that only its owner may read: a name may be all it takes. */
  static JournalFile create(Path path) throws IOException {
    Files.deleteIfExists(path);
    Files.createFile(path, OWNERS);
    JournalFile made = new JournalFile(path, 0);
    boolean begun = false;
    try {
      made.append((MAGIC + VERSION + "\n").getBytes(US_ASCII));
      begun = true;
      return made;
    } finally {
      if (!begun) {
        made.close();
      }
    }
  }

  /** One that was found, with records up to here; what follows them is replaced by zeroes. */
  static JournalFile open(Path path, long tail) throws IOException {
    JournalFile found = new JournalFile(path, tail);
    boolean cleaned = false;
    try {
      found.writeZeroes(tail, found.size);
      found.sync();
      cleaned = true;
      return found;
    } finally {
      if (!cleaned) {
        found.close();
      }
    }
  }

  /** Which file this is, whatever its name. */
  FileStatus identity() {
    return identity;
  }

  long tail() {
    return tail;
  }

  long synced() {
    return synced;
  }

  /**
   * Sees to it that this many bytes can be appended.
   *
   * @throws IOException when the disk has no room for them; then nothing has changed
   */
  void makeRoom(long bytes) throws IOException {
    if (tail + bytes <= size) {
      return;
    }
    long before = size;
    long wanted = Math.ceilDiv(tail + bytes, (long) STEP) * STEP;
    boolean made = false;
    try {
      writeZeroes(size, wanted);
      size = wanted;
      made = true;
    } finally {
      if (!made) {
        file.setLength(before);
      }
    }
  }

  private void writeZeroes(long from, long to) throws IOException {
    byte[] zeroes = new byte[STEP];
    file.seek(from);
    for (long at = from; at < to; at += zeroes.length) {
      file.write(zeroes, 0, (int) Math.min(zeroes.length, to - at));
    }
  }

  /** Adds a line; returns where it is. */
  long append(byte[] line) throws IOException {
    long at = tail;
    file.seek(at);
    file.write(line);
    tail = at + line.length;
    size = Math.max(size, tail);
    return at;
  }

  /** The record at a place. */
  Frame read(long at, int length) throws IOException {
    byte[] line = new byte[length - 1];
    file.seek(at);
    file.readFully(line);
    Optional<Frame> frame = Frame.decode(line);
    return frame.orElseThrow(() -> new IOException("what was written is not there any more"));
  }

  /** Writes to the disk what was appended; may be called while others append. */
  void sync() throws IOException {
    file.getFD().sync();
  }

  /** This much of it is on disk for certain. */
  void noteSynced(long reached) {
    synced = reached;
  }

  /** Whether it still is what counts. */
  boolean isIn(JournalFolder folder) {
    try {
      return folder.status().equals(identity);
    } catch (ErrnoException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
