package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.StreamExtent;
import dev.sluice.stream.StreamExtent.Content;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.Timeouts;
import dev.sluice.stream.window.ExtentList;
import dev.sluice.stream.window.WindowMemory;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class KeptTest {

  private static final int PART = 512;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  /** The ring begins beyond what the list has room for, and must not be joined to its last part. */
  @Test
  void aListThatIsCutEndsWhereItIsCut() throws Exception {
    StreamSettings settings =
        StreamSettings.of(OptionalLong.empty(), 10 * PART, 0, Timeouts.NONE).withResumeWindow(PART);
    WindowMemory memory = new WindowMemory(1 << 20);
    WindowMemory.Account account = memory.open(settings.mostMemory());
    WindowMemory.Pocket pocket = account.pocket();
    pocket.fill(3 * PART);
    try (Kept kept = new Kept(settings, account)) {
      kept.store(pocket, 0, PART, into -> into.fill((byte) 1));
      kept.store(pocket, 2 * PART, 3 * PART, into -> into.fill((byte) 1));
      kept.recent().open(pocket, 4 * PART);
      kept.recent().add(MemorySegment.ofArray(new byte[PART]));
      StreamExtent there = new StreamExtent(PART, Content.KEPT);
      StreamExtent gone = new StreamExtent(PART, Content.GONE);
      List<StreamExtent> all = List.of(there, gone, there, gone, there);

      for (int most = 1; most <= all.size(); most++) {
        ExtentList extents = new ExtentList(most);
        kept.describe(0, 5 * PART, extents);
        assertThat(extents.asList()).isEqualTo(all.subList(0, most));
      }
    }
    assertThat(memory.used()).isZero();
  }
}
