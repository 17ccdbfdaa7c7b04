package dev.sluice.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PipeMemoryTest {

  private static final int MIB = 1 << 20;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  @Test
  void stepsGetSmallerAndTheirSumStaysWithinTheLimit() {
    PipeMemory memory = new PipeMemory(32 * MIB);
    List<Integer> steps = new ArrayList<>();
    for (int step = memory.take(); step > 0; step = memory.take()) {
      steps.add(step);
    }
    assertThat(steps).startsWith(MIB).isSortedAccordingTo((a, b) -> b - a).endsWith(MIB / 8);
    assertThat(steps).hasSizeGreaterThan(32);
    assertThat(memory.used()).isLessThanOrEqualTo(memory.limit());
    assertThat(memory.used()).isEqualTo(steps.stream().mapToLong(step -> step).sum());
  }

  @Test
  void theLimitIsHalfOfWhatLinuxGrantsAUser() throws IOException {
    long pages =
        Long.parseLong(Files.readAllLines(Path.of("/proc/sys/fs/pipe-user-pages-soft")).getFirst());
    assumeTrue(pages > 0, "there is no quota here");
    assertThat(PipeMemory.SHARED.limit()).isEqualTo(pages * Posix.pageSize() / 2);
  }

  @Test
  void withoutALimitEveryPipeIsAsWideAsItGets() {
    PipeMemory memory = new PipeMemory(Long.MAX_VALUE);
    for (int i = 0; i < 10_000; i++) {
      assertThat(memory.take()).isEqualTo(MIB);
    }
  }

  @Test
  void whatIsGivenBackIsThereForTheNext() throws Exception {
    PipeMemory memory = new PipeMemory(8 * MIB);
    Posix.Pipe pipe = Posix.pipe();
    try (Descriptor reading = new Descriptor(pipe.readEnd());
        Descriptor writing = new Descriptor(pipe.writeEnd())) {
      long widened = memory.widen(writing.number());
      assertThat(widened).isEqualTo(MIB).isEqualTo(memory.used());
      assertThat(Posix.capacity(reading.number())).isEqualTo(MIB);
      memory.giveBack(widened);
      assertThat(memory.used()).isZero();
    }
  }

  @Test
  void aPipeThatIsWiderAlreadyStaysSo() throws Exception {
    Posix.Pipe pipe = Posix.pipe();
    try (Descriptor _ = new Descriptor(pipe.readEnd());
        Descriptor writing = new Descriptor(pipe.writeEnd())) {
      Posix.widenPipe(writing.number(), MIB);
      PipeMemory memory = new PipeMemory(MIB);
      assertThat(memory.widen(writing.number())).isZero();
      assertThat(Posix.capacity(writing.number())).isEqualTo(MIB);
      assertThat(memory.used()).isZero();
    }
  }
}
