package dev.sluice.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/** The disks that tests stream, each written to a file once a run and the same in every run. */
public final class Disks {

  public static final int MIB = 1 << 20;
  public static final long GIB = 1L << 30;

  /** The size of the disks that most tests use. */
  public static final long MAIN_SIZE = 256L * MIB;

  private static final Map<String, Disk> WRITTEN = new ConcurrentHashMap<>();

  private Disks() {}

  /** Random bytes. */
  public static Disk random() {
    return random(MAIN_SIZE);
  }

  /** So many random bytes. */
  public static Disk random(long size) {
    return disk(
        "random",
        size,
        (offset, part) -> {
          new SplittableRandom(size + offset).nextBytes(part);
          return true;
        });
  }

  /** Every fourth MiB is a hole, the rest is random; both ends are data. */
  public static Disk patchy() {
    long size = MAIN_SIZE / 3 * 4 / MIB * MIB + 2L * MIB;
    return disk(
        "patchy",
        size,
        (offset, part) -> {
          new SplittableRandom(offset).nextBytes(part);
          return offset / MIB % 4 != 2 || offset + MIB >= size;
        });
  }

  /** Random bytes in its first half, and a hole from there to the end. */
  public static Disk endingInAHole(long dataSize) {
    return disk(
        "ending-in-a-hole-at-" + dataSize,
        2 * dataSize,
        (offset, part) -> {
          new SplittableRandom(offset).nextBytes(part);
          return offset < dataSize;
        });
  }

  /** Holes but for a random MiB at the start, after every 64 MiB, and at the very end. */
  public static Disk sparse(long size) {
    return disk(
        "sparse",
        size,
        (offset, part) -> {
          new SplittableRandom(offset).nextBytes(part);
          return offset / MIB % 64 == 0 || offset + part.length == size;
        });
  }

  /** Each MiB is filled with one byte, {@link #fillOf}. */
  public static Disk filled() {
    return disk(
        "filled",
        MAIN_SIZE,
        (offset, part) -> {
          Arrays.fill(part, (byte) fillOf(offset));
          return true;
        });
  }

  /** The byte in which a MiB of {@link #filled} differs from those around it. */
  public static int fillOf(long offset) {
    return (int) (offset / MIB * 37 + 11) & 0xff;
  }

  /** Each block is filled with its own offset, as fio does it with the pattern "%o". */
  public static Disk offsets(int block) {
    return disk(
        "offsets-" + block,
        MAIN_SIZE,
        (offset, part) -> {
          ByteBuffer words = ByteBuffer.wrap(part).order(ByteOrder.LITTLE_ENDIAN);
          while (words.hasRemaining()) {
            words.putLong((offset + words.position()) / block * block);
          }
          return true;
        });
  }

  private interface Content {

    /** Fills the part that begins at an offset; answers false if it is a hole instead. */
    boolean fill(long offset, byte[] part);
  }

  private static Disk disk(String kind, long size, Content content) {
    return WRITTEN.computeIfAbsent(
        kind + "-" + size, name -> write(Workspace.newPath(name), size, content));
  }

  private static Disk write(Path path, long size, Content content) {
    Sha256 sum = new Sha256();
    byte[] hole = new byte[MIB];
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (long offset = 0; offset < size; offset += MIB) {
        byte[] part = new byte[(int) Math.min(MIB, size - offset)];
        if (content.fill(offset, part)) {
          file.write(ByteBuffer.wrap(part), offset);
          sum.update(part, part.length);
        } else {
          sum.update(hole, part.length);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Disk(path, size, sum.hex());
  }
}
