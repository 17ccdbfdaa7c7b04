package dev.sluice.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads a journal up to its last intact record. A record that was lost while it was written is no
 * damage if no client was told of it. Each record says how much was certainly on disk before it,
 * which tells the two cases apart.
 */
final class JournalReader {

  private final JournalFolder folder;
  private final Path path;

  /** Creates a reader of the folder's journal. */
  JournalReader(JournalFolder folder) {
    this.folder = folder;
    this.path = folder.file(JournalFolder.NAME);
  }

  /** Receives each record. */
  interface Reception {
    void take(Frame frame, long at, int length);
  }

  /**
   * Reads the journal.
   *
   * @return the offset at which the last intact record ends
   */
  long read(Reception reception) throws UnusableJournalException, IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
      long at = readVersion(in);
      while (true) {
        byte[] line = readLine(in, /* passZeroes= */ false);
        Optional<Frame> frame = Frame.decode(line);
        if (frame.isEmpty()) {
          requireNothingTold(in, at);
          return at;
        }
        reception.take(frame.get(), at, line.length + 1);
        at += line.length + 1;
      }
    }
  }

  private long readVersion(InputStream in) throws UnusableJournalException, IOException {
    byte[] line = readLine(in, /* passZeroes= */ false);
    String text = new String(line, UTF_8);
    if (!text.matches(JournalFile.MAGIC + "[0-9]{1,9}")) {
      throw damaged("it does not begin as a journal does");
    }
    int version = Integer.parseInt(text.substring(JournalFile.MAGIC.length()));
    if (version > JournalFile.VERSION) {
      throw new UnusableJournalException(
          "the store %s was written by a newer release: its format is %d, and this release knows %d"
              .formatted(folder.path(), version, JournalFile.VERSION),
          "Start that release again, or name another folder, or move the file %s/%s away to begin without its exports."
              .formatted(folder.path(), JournalFolder.NAME));
    }
    return line.length + 1L;
  }

  /**
   * Fails if a later record proves that the bytes at {@code place}, the first that are not intact,
   * were on disk.
   */
  private void requireNothingTold(InputStream in, long place)
      throws UnusableJournalException, IOException {
    while (true) {
      byte[] line = readLine(in, /* passZeroes= */ true);
      if (line.length == 0 && isAtEnd(in)) {
        return;
      }
      Optional<Frame> later = Frame.decode(line);
      if (later.isPresent() && later.get().synced() > place) {
        throw damaged("the record at byte %d is not as it was written".formatted(place));
      }
    }
  }

  private static boolean isAtEnd(InputStream in) throws IOException {
    in.mark(1);
    int next = in.read();
    in.reset();
    return next < 0;
  }

  private UnusableJournalException damaged(String how) {
    return new UnusableJournalException(
        "the store %s is damaged: %s".formatted(folder.path(), how),
        "Bring the file %s/%s back from a backup, or move it away to begin without its exports; it is text, so that you can read what it still says."
            .formatted(folder.path(), JournalFolder.NAME));
  }

  /** Reads the next line without its line break, cut to {@link Frame#MAX_LENGTH}. */
  private static byte[] readLine(InputStream in, boolean passZeroes) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      if (line.size() < Frame.MAX_LENGTH && (next != 0 || line.size() > 0 || !passZeroes)) {
        line.write(next);
      }
    }
    return line.toByteArray();
  }
}
