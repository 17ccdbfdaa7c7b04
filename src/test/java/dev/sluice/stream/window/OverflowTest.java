package dev.sluice.stream.window;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.posix.LeakCheck;
import dev.sluice.posix.NativeBuffer;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class OverflowTest {

  private static final int MIB = 1 << 20;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private final Random random = new Random(1);
  private final WindowMemory memory = new WindowMemory(1L << 30);
  private final WindowMemory.Account account = memory.open(0);
  private final WindowMemory.Pocket pocket = account.pocket();
  private final ByteArrayOutputStream added = new ByteArrayOutputStream();
  private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

  /** What was taken out of the first piece must not count, or a stream could need too much. */
  @Test
  void itNeverNeedsMoreMemoryThanItsBytes() throws Exception {
    try (Overflow overflow = new Overflow(account)) {
      add(overflow, 2 * MIB);
      take(overflow, MIB - 1);

      long needed = overflow.memoryFor(MIB);

      assertThat(memory.used() + needed).isEqualTo(2 * MIB + 1);
    }
    assertThat(memory.used()).isZero();
  }

  @Test
  void whatIsTakenIsWhatWasAdded() throws Exception {
    try (Overflow overflow = new Overflow(account)) {
      for (int i = 0; i < 200; i++) {
        add(overflow, 1 + random.nextInt(1 << random.nextInt(1, 22)));
        take(overflow, random.nextLong(overflow.size() + 1));
      }
      take(overflow, overflow.size());
    }
    assertThat(taken.toByteArray()).isEqualTo(added.toByteArray());
    assertThat(memory.used()).isZero();
  }

  private void add(Overflow overflow, long bytes) throws Exception {
    long before = overflow.size();
    long held = memory.used();
    long needed = overflow.memoryFor(bytes);
    assertThat(memory.used() + needed).isLessThanOrEqualTo(Math.max(held, before + bytes));
    pocket.fill(needed);
    for (long left = bytes; left > 0; ) {
      MemorySegment room = overflow.room(pocket, left);
      byte[] data = new byte[1 + random.nextInt((int) room.byteSize())];
      random.nextBytes(data);
      room.asSlice(0, data.length).copyFrom(MemorySegment.ofArray(data));
      overflow.added(data.length);
      added.write(data);
      left -= data.length;
    }
    assertThat(overflow.size()).isEqualTo(before + bytes);
    pocket.empty();
    assertThat(NativeBuffer.bytesInUse()).isGreaterThanOrEqualTo(overflow.size());
  }

  private void take(Overflow overflow, long bytes) throws Exception {
    for (long left = bytes; left > 0; ) {
      byte[] part = overflow.first(left).toArray(ValueLayout.JAVA_BYTE);
      taken.write(part);
      overflow.drop(part.length);
      left -= part.length;
    }
  }
}
