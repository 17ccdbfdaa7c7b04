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
 * The file: a line with the version, a line for each record, and zeroes for future records. The
 * zeroes are written in advance, so that the disk has room. It is not a {@link
 * java.nio.channels.FileChannel}, which an interrupt of the writing thread would close.
 */
final class JournalFile implements AutoCloseable {

  /** The begin of the first line, before the version. */
  static final String MAGIC = "sluice-journal ";

  /** The version of the format that this release writes. */
  static final int VERSION = 1;

  /** Bytes of zeroes that are written at a time. */
  static final int STEP = 256 * 1024;

  private static final FileAttribute<Set<PosixFilePermission>> OWNERS =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final RandomAccessFile file;
  private final FileStatus identity;

  /** Offset of the next record. */
  private long tail;

  /** Offset of the end of the zeroes. */
  private long size;

  /** How many bytes are certainly on disk. */
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

  /**
   * Creates a file without records. Only its owner may read it, since the name of an export may be
   * all that a client needs to use it.
   */
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

  /**
   * Opens an existing file with records up to {@code tail}, and overwrites what follows with
   * zeroes.
   */
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

  /** Returns the identity of the file, whatever its name is. */
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
   * Makes sure that this many bytes can be appended.
   *
   * @throws IOException when the disk has no room for them; nothing has changed then
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

  /** Appends a line, and returns its offset. */
  long append(byte[] line) throws IOException {
    long at = tail;
    file.seek(at);
    file.write(line);
    tail = at + line.length;
    size = Math.max(size, tail);
    return at;
  }

  /** Reads the record at an offset. */
  Frame read(long at, int length) throws IOException {
    byte[] line = new byte[length - 1];
    file.seek(at);
    file.readFully(line);
    Optional<Frame> frame = Frame.decode(line);
    return frame.orElseThrow(() -> new IOException("what was written is not there any more"));
  }

  /** Writes what was appended to the disk. May be called while other threads append. */
  void sync() throws IOException {
    file.getFD().sync();
  }

  /** Notes how many bytes are certainly on disk. */
  void noteSynced(long reached) {
    synced = reached;
  }

  /** Returns whether it still is the journal of the folder. */
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
