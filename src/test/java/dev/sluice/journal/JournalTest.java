package dev.sluice.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.posix.FilePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class JournalTest {

  @TempDir private Path temporary;
  private Path folder;
  private Path file;

  @BeforeEach
  void nameFolder() {
    folder = temporary.resolve("state").resolve("sluice");
    file = folder.resolve("journal");
  }

  private OpenedJournal open() throws UnusableJournalException {
    return OpenedJournal.open(new FilePath(folder.toString()));
  }

  /** What the next start finds, and leaves as it is. */
  private List<Entry> entries() throws UnusableJournalException {
    OpenedJournal opened = open();
    opened.journal().close();
    return opened.entries();
  }

  private static void write(Journal journal, String id, RecordKind... kinds) throws IOException {
    for (RecordKind kind : kinds) {
      journal.sync(journal.append(kind, id, kind + " of " + id));
    }
  }

  /** A name can be all it takes to use an export. */
  @Test
  void onlyItsOwnerMayReadIt() throws Exception {
    Files.createDirectories(folder);
    Files.createFile(folder.resolve("journal.new")); // of a service that was killed
    open().journal().close();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void whatWasWrittenIsThereAfterARestartInItsOrder() throws Exception {
    Journal journal = open().journal();
    write(journal, "a", RecordKind.SPEC, RecordKind.BEGUN, RecordKind.STATE, RecordKind.END);
    write(journal, "b", RecordKind.SPEC, RecordKind.END);
    write(journal, "c", RecordKind.SPEC, RecordKind.BEGUN);
    write(journal, "d", RecordKind.SPEC);
    write(journal, "b", RecordKind.REMOVED);
    write(journal, "a", RecordKind.SPEC);
    journal.close();

    assertThat(entries())
        .containsExactly(
            new Entry("a", "SPEC of a", "END of a", true, true),
            new Entry("c", "SPEC of c", "BEGUN of c", true, false),
            new Entry("d", "SPEC of d", null, false, false));
  }

  @Test
  void aKilledServiceHasWrittenWhatItAppended() throws Exception {
    open().journal().append(RecordKind.SPEC, "a", "x"); // and it is never closed
    Path copy = temporary.resolve("copy");
    Files.createDirectory(copy);
    Files.copy(file, copy.resolve("journal"));

    folder = copy;
    assertThat(entries()).extracting(Entry::id).containsExactly("a");
  }

  /** Whatever part of the last writes a power cut leaves. */
  @Test
  void aPowerCutLosesNothingThatWasSyncedAndDamagesNothing() throws Exception {
    Random random = new Random(19);
    Journal journal = open().journal();
    write(journal, "told", RecordKind.SPEC);
    for (int round = 0; round < 8; round++) {
      byte[] before = Files.readAllBytes(file);
      String later = "later" + round;
      for (int i = 0; i < 3; i++) {
        journal.append(RecordKind.SPEC, later + i, "x".repeat(random.nextInt(1, 9000)));
      }
      byte[] after = Files.readAllBytes(file);
      for (int cut = 0; cut < 6; cut++) {
        assertThat(foundAfterCut(before, after, random)).contains("told").doesNotContain("half");
      }
      journal.sync();
      write(journal, "told" + round, RecordKind.SPEC);
      assertThat(foundAfterCut(Files.readAllBytes(file), Files.readAllBytes(file), random))
          .contains(later + "0", later + "1", later + "2", "told" + round);
      IntStream.range(0, 3).forEach(i -> remove(journal, later + i));
    }
    journal.close();
  }

  private static void remove(Journal journal, String id) {
    try {
      journal.append(RecordKind.REMOVED, id, "");
    } catch (JournalException e) {
      throw new AssertionError(e);
    }
  }

  private List<String> foundAfterCut(byte[] before, byte[] after, Random random) throws Exception {
    Path cut = Files.createTempDirectory(temporary, "cut");
    byte[] left = after.clone();
    for (int at = 0; at < after.length; at += 512) {
      if (random.nextBoolean()) {
        for (int i = at; i < Math.min(at + 512, after.length); i++) {
          left[i] = i < before.length ? before[i] : 0;
        }
      }
    }
    Files.write(cut.resolve("journal"), left);
    OpenedJournal opened = OpenedJournal.open(new FilePath(cut.toString()));
    opened.journal().close();
    return opened.entries().stream().map(Entry::id).toList();
  }

  @Test
  void whatDoesNotCountAnyMoreIsLeftOutAtTimes() throws Exception {
    Journal journal = open().journal();
    write(journal, "kept", RecordKind.SPEC, RecordKind.END);
    for (int i = 0; i < 300; i++) {
      journal.append(RecordKind.SPEC, "e" + i, "x".repeat(20_000));
      journal.append(RecordKind.REMOVED, "e" + i, "");
      journal.sync();
    }
    assertThat(file).satisfies(it -> assertThat(Files.size(it)).isLessThan(3_000_000));
    journal.close();

    assertThat(entries()).extracting(Entry::id).containsExactly("kept");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 20, 40}) // in the version and the first record
  void aDamagedStoreRefusesTheStart(int at) throws Exception {
    Journal journal = open().journal();
    for (String id : List.of("a", "b", "c")) {
      write(journal, id, RecordKind.SPEC);
    }
    journal.close();
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= 1;
    Files.write(file, bytes);

    assertRefused("is damaged", "from a backup, or move it away");
    assertThat(file).hasBinaryContent(bytes);
  }

  @Test
  void aStoreOfANewerReleaseRefusesTheStart() throws Exception {
    open().journal().close();
    Files.writeString(file, "sluice-journal 2\nand what nobody knows yet\n");

    assertRefused("written by a newer release: its format is 2", "Start that release again");
  }

  @Test
  void aStoreOfAnotherServiceRefusesTheStart() throws Exception {
    try (Journal _ = open().journal()) {
      assertRefused(
          "another service, process %d, has the store".formatted(ProcessHandle.current().pid()),
          "Stop that one");
    }
    assertThat(entries()).isEmpty();
  }

  @Test
  void aPlaceThatIsNoFolderRefusesTheStart() throws Exception {
    Files.createDirectories(folder.getParent());
    Files.createFile(folder);

    assertRefused("cannot be made or opened", "Name a folder");
  }

  private void assertRefused(String problem, String remedy) {
    assertThatExceptionOfType(UnusableJournalException.class)
        .isThrownBy(this::open)
        .withMessageContaining(problem)
        .withMessageContaining(folder.toString())
        .satisfies(e -> assertThat(e.remedy()).contains(remedy));
  }

  @Test
  void aStoreThatWasDeletedIsWrittenAgain() throws Exception {
    Journal journal = open().journal();
    write(journal, "a", RecordKind.SPEC, RecordKind.END);
    Files.delete(file);

    write(journal, "b", RecordKind.SPEC);
    journal.close();

    assertThat(entries()).extracting(Entry::id).containsExactly("a", "b");
  }

  @Test
  void aStoreWhoseFolderIsGoneSaysSo() throws Exception {
    Journal journal = open().journal();
    write(journal, "a", RecordKind.SPEC);
    Files.delete(file);
    Files.delete(folder);

    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(() -> write(journal, "a", RecordKind.END))
        .withMessageContaining("has gone")
        .matches(e -> !e.isFull());
    assertThat(journal.trouble()).get().asString().contains(folder.toString()).contains("has gone");
    journal.close();
  }

  @Test
  void somebodyElsesFileIsNotReplaced() throws Exception {
    Journal journal = open().journal();
    write(journal, "a", RecordKind.SPEC);
    Files.delete(file);
    Files.writeString(file, "mine");

    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(() -> write(journal, "a", RecordKind.END));
    journal.close();
    assertThat(file).hasContent("mine");
  }
}
