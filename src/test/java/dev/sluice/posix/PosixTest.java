package dev.sluice.posix;

import static dev.sluice.posix.Errnos.assertErrno;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the rest of the code relies on of Linux, and of the layouts of its structures. */
@Timeout(20)
class PosixTest {

  private static final int EBADF = 9;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  @AutoClose private final Arena arena = Arena.ofConfined();

  private MemorySegment text(String text) {
    return arena.allocateFrom(text, StandardCharsets.US_ASCII).asSlice(0, text.length());
  }

  private String read(int fd) throws ErrnoException {
    MemorySegment bytes = arena.allocate(100);
    long n = Posix.read(fd, bytes);
    return n < 0
        ? "would block"
        : new String(bytes.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII);
  }

  @Test
  void aPipeDoesNotBlock() throws Exception {
    try (PrivatePipe pipe = new PrivatePipe()) {
      assertThat(read(pipe.readEnd())).isEqualTo("would block");
      assertThat(Posix.write(pipe.writeEnd(), text("bytes"))).isEqualTo(5);
      assertThat(Posix.unread(pipe.readEnd())).isEqualTo(5);
      assertThat(Posix.unread(pipe.writeEnd())).isEqualTo(5);
      assertThat(read(pipe.readEnd())).isEqualTo("bytes");
      long written = 0;
      for (long n = 0; n >= 0; n = ZeroPages.write(pipe.writeEnd(), 10 << 20)) {
        written += n;
      }
      assertThat(written).isEqualTo(1 << 20);
      assertThat(ZeroPages.lend(pipe.writeEnd(), 1)).isEqualTo(Posix.WOULD_BLOCK);
    }
  }

  @Test
  void aPipeWithoutAReaderThrowsAndTheProcessLivesOn() throws Exception {
    try (PrivatePipe one = new PrivatePipe();
        PrivatePipe two = new PrivatePipe()) {
      Posix.write(two.writeEnd(), text("bytes"));
      Descriptor writeEnd = new Descriptor(Posix.duplicate(one.writeEnd()));
      one.close();
      assertErrno(Errno.EPIPE, () -> Posix.write(writeEnd.number(), text("bytes")));
      assertErrno(Errno.EPIPE, () -> ZeroPages.lend(writeEnd.number(), 10));
      assertErrno(Errno.EPIPE, () -> Posix.splice(two.readEnd(), writeEnd.number(), 5));
      try (PollSet poll = new PollSet(1)) {
        poll.set(0, writeEnd.number(), 0);
        assertThat(poll.await(0)).isTrue();
        assertThat(poll.events(0)).isEqualTo(PollSet.ERROR);
      }
      writeEnd.close();
    }
  }

  @Test
  void aPipeWhoseWritersHaveGoneIsAtItsEnd() throws Exception {
    PrivatePipe pipe = new PrivatePipe();
    Descriptor readEnd = new Descriptor(Posix.duplicate(pipe.readEnd()));
    Posix.write(pipe.writeEnd(), text("bytes"));
    pipe.close();
    pipe.close();
    assertThat(read(readEnd.number())).isEqualTo("bytes");
    assertThat(read(readEnd.number())).isEmpty();
    readEnd.close();
  }

  @Test
  void spliceMovesWhatThereIs() throws Exception {
    try (PrivatePipe from = new PrivatePipe();
        PrivatePipe to = new PrivatePipe()) {
      assertThat(Posix.splice(from.readEnd(), to.writeEnd(), 10)).isEqualTo(Posix.WOULD_BLOCK);
      Posix.write(from.writeEnd(), text("some bytes"));
      assertThat(Posix.splice(from.readEnd(), to.writeEnd(), 4)).isEqualTo(4);
      assertThat(Posix.splice(from.readEnd(), to.writeEnd(), 100)).isEqualTo(6);
      assertThat(read(to.readEnd())).isEqualTo("some bytes");
      ZeroPages.write(to.writeEnd(), 1 << 20);
      Posix.write(from.writeEnd(), text("more"));
      assertThat(Posix.splice(from.readEnd(), to.writeEnd(), 4)).isEqualTo(Posix.WOULD_BLOCK);
    }
  }

  @Test
  void zeroesAreLentInBlocks() throws Exception {
    try (PrivatePipe pipe = new PrivatePipe()) {
      assertThat(ZeroPages.lend(pipe.writeEnd(), 3)).isEqualTo(3);
      assertThat(read(pipe.readEnd())).isEqualTo("\0\0\0");
      assertThat(ZeroPages.lend(pipe.writeEnd(), Long.MAX_VALUE)).isEqualTo(1 << 20);
    }
  }

  @Test
  void aPipeIsWidenedAsFarAsLinuxLets() throws Exception {
    try (PrivatePipe pipe = new PrivatePipe()) {
      assertThat(Posix.widenPipe(pipe.writeEnd(), 65_536)).isEqualTo(65_536);
      assertThat(Posix.widenPipe(pipe.writeEnd(), 65_537)).isEqualTo(131_072);
      ZeroPages.write(pipe.writeEnd(), 131_072);
      assertThat(Posix.widenPipe(pipe.writeEnd(), 4096)).isEqualTo(131_072);
      assertErrno(EBADF, () -> Posix.widenPipe(-1, 65_536));
    }
  }

  @Test
  void pollTellsWhichOneIsReady() throws Exception {
    try (PrivatePipe empty = new PrivatePipe();
        PrivatePipe full = new PrivatePipe();
        PollSet poll = new PollSet(4)) {
      ZeroPages.write(full.writeEnd(), 1 << 20);
      poll.set(0, empty.readEnd(), PollSet.READABLE);
      poll.set(1, full.writeEnd(), PollSet.WRITABLE);
      assertThat(poll.await(1)).isFalse();
      poll.set(2, empty.writeEnd(), PollSet.WRITABLE);
      poll.set(3, full.readEnd(), PollSet.READABLE);
      assertThat(poll.await(-1)).isTrue();
      assertThat(poll.events(0)).isZero();
      assertThat(poll.events(1)).isZero();
      assertThat(poll.events(2)).isEqualTo(PollSet.WRITABLE);
      assertThat(poll.events(3)).isEqualTo(PollSet.READABLE);
    }
  }

  @Test
  void pollPassesOverANegativeDescriptorAndCountsAClosedOneAsAnError() throws Exception {
    PrivatePipe pipe = new PrivatePipe();
    int number = pipe.readEnd();
    pipe.close();
    try (PollSet poll = new PollSet(2)) {
      poll.set(0, -1, PollSet.READABLE);
      assertThat(poll.await(0)).isFalse();
      poll.set(1, number, PollSet.READABLE);
      assertThat(poll.await(0)).isTrue();
      assertThat(poll.events(0)).isZero();
      assertThat(poll.events(1) & PollSet.ERROR).isNotZero();
    }
  }

  @Test
  void aWakeDescriptorStaysReadable() throws Exception {
    WakeDescriptor wake = new WakeDescriptor();
    try (PollSet poll = new PollSet(1)) {
      poll.set(0, wake.number(), PollSet.READABLE);
      assertThat(poll.await(0)).isFalse();
      wake.signal();
      wake.signal();
      assertThat(poll.await(0)).isTrue();
      assertThat(poll.await(0)).isTrue();
    }
    wake.close();
    wake.close();
    assertThat(wake.number()).isNegative();
  }

  @Test
  void aDescriptorIsClosedOnce() throws Exception {
    Descriptor one = new Descriptor(Posix.eventDescriptor());
    int number = one.number();
    one.close();
    Descriptor two = new Descriptor(Posix.eventDescriptor());
    assertThat(two.number()).isEqualTo(number);
    one.close();
    assertThat(one.number()).isNegative();
    Posix.close(Posix.duplicate(two.number()));
    two.close();
    assertErrno(EBADF, () -> Posix.close(number));
  }

  @Test
  void memoryIsCountedWhileItIsInUse() throws Exception {
    long before = NativeBuffer.bytesInUse();
    NativeBuffer buffer = NativeBuffer.allocate(1 << 20);
    assertThat(buffer.size()).isEqualTo(1 << 20);
    assertThat(NativeBuffer.bytesInUse()).isEqualTo(before + (1 << 20));
    buffer.memory().fill((byte) 1);
    buffer.close();
    buffer.close();
    assertThat(NativeBuffer.bytesInUse()).isEqualTo(before);
  }

  @Test
  void moreMemoryThanThereIsIsAnErrorAndIsNotCounted() {
    long before = NativeBuffer.bytesInUse();
    assertErrno(12, () -> NativeBuffer.allocate(Long.MAX_VALUE / 2).close());
    assertThat(NativeBuffer.bytesInUse()).isEqualTo(before);
  }

  @Test
  void aMessageNamesTheCallAndTheError() {
    assertThatExceptionOfType(ErrnoException.class)
        .isThrownBy(() -> Posix.read(-1, arena.allocate(1)))
        .withMessage("read: Bad file descriptor");
  }
}
