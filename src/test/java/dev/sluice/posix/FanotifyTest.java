package dev.sluice.posix;

import static dev.sluice.testing.FilePaths.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.posix.FileEvents.Event;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What fanotify tells of the files that other processes open. */
@Timeout(20)
class FanotifyTest {

  private static final int OPENED_AND_CLOSED = FileEvents.OPENED | FileEvents.CLOSED_WRITABLE;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  @TempDir private Path folder;

  private Fanotify events;
  private Descriptor first;
  private Descriptor second;

  @BeforeEach
  void watchesTwoFifos() throws Exception {
    Fanotify permitted = Fanotify.ifPermitted();
    assumeTrue(permitted != null, "this machine permits no fanotify");
    events = Objects.requireNonNull(permitted);
    first = made("first");
    second = made("second");
  }

  private Descriptor made(String name) throws Exception {
    try (Descriptor place = new Descriptor(PosixFiles.openPlace(at(folder)))) {
      return new Descriptor(PosixFiles.makeFifo(place.number(), name, FilePermissions.of(0600)));
    }
  }

  @AfterEach
  void close() {
    if (events != null) {
      events.close();
      first.close();
      second.close();
    }
  }

  private void opens(String name) throws Exception {
    Process shell =
        new ProcessBuilder("sh", "-c", ": 3<>\"$0\"", folder.resolve(name).toString()).start();
    assertThat(shell.waitFor()).isZero();
  }

  private List<Event> told() throws Exception {
    List<Event> told = new ArrayList<>();
    events.drain(told::add);
    return told;
  }

  @Test
  void whatTwoProcessesDoIsToldTwice() throws Exception {
    int watch = events.watch(first, OPENED_AND_CLOSED);
    opens("first");
    opens("first");
    Event one = new Event(watch, OPENED_AND_CLOSED, "");
    assertThat(told()).containsExactly(one, one);
  }

  @Test
  void filesAreToldApart() throws Exception {
    int one = events.watch(first, OPENED_AND_CLOSED);
    int other = events.watch(second, OPENED_AND_CLOSED);
    assertThat(events.watch(first, OPENED_AND_CLOSED)).isEqualTo(one).isNotEqualTo(other);
    opens("second");
    opens("first");
    assertThat(told()).extracting(Event::watch).containsExactly(other, one);
  }

  @Test
  void aWatchEndsWhileItsFileIsThere() throws Exception {
    int watch = events.watch(first, OPENED_AND_CLOSED);
    events.unwatch(watch);
    opens("first");
    assertThat(told()).isEmpty();
  }
}
