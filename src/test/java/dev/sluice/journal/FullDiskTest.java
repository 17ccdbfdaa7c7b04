package dev.sluice.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.posix.FilePath;
import dev.sluice.testing.ChildJvm;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a small file system of its own. */
@Slow("Starts a JVM for each test.")
class FullDiskTest {

  @TempDir private Path disk;

  @Test
  void aFullDiskTakesNoNewExportAndEveryEndOfThoseThatAreThere() {
    assertThat(saidOn("size=3m", Fills.class))
        .contains("refused: there is no room in the store", "No space left on device")
        .contains("all have ended: true");
  }

  @Test
  void aStoreThatCannotBeWrittenRefusesTheStart() {
    assertThat(saidOn("ro", Starts.class)).contains("Read-only file system");
  }

  private String saidOn(String options, Class<?> main) {
    Peers.requireRoot();
    Peers.require("unshare");
    return ChildJvm.of(main, disk)
        .behind(
            "unshare",
            "--mount",
            "sh",
            "-c",
            "mount -t tmpfs -o mode=0700,%s tmpfs \"$0\" && exec \"$@\"".formatted(options),
            disk)
        .run()
        .assertSucceeded()
        .output();
  }

  private static OpenedJournal open(String folder) throws UnusableJournalException {
    return OpenedJournal.open(new FilePath(folder + "/store"));
  }

  /** Makes as many as there is room for, while others take the rest of the disk; and ends all. */
  static final class Fills {
    public static void main(String[] arguments) throws Exception {
      Journal journal = open(arguments[0]).journal();
      List<String> ids = new ArrayList<>();
      fill(journal, ids);
      takeTheRest(Path.of(arguments[0]));
      for (String id : ids) {
        journal.append(RecordKind.BEGUN, id, "x".repeat(5_900));
        journal.append(RecordKind.END, id, "x".repeat(5_900));
        journal.sync();
      }
      journal.close();
      List<Entry> entries = open(arguments[0]).entries();
      boolean all = entries.size() == ids.size() && entries.stream().allMatch(Entry::ended);
      System.out.printf("%d exports, all have ended: %s%n", ids.size(), all);
    }

    private static void fill(Journal journal, List<String> ids) throws IOException {
      try {
        while (true) {
          String id = "e" + ids.size();
          journal.append(RecordKind.SPEC, id, "x".repeat(500));
          ids.add(id);
        }
      } catch (JournalException e) {
        System.out.println("refused: " + e.getMessage());
      }
    }

    private static void takeTheRest(Path disk) {
      try {
        Files.write(disk.resolve("rest"), new byte[8 << 20]);
      } catch (IOException e) {
        System.out.println("nothing is left: " + e.getMessage());
      }
    }
  }

  /** Tries to. */
  static final class Starts {
    public static void main(String[] arguments) {
      try {
        open(arguments[0]);
      } catch (UnusableJournalException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
