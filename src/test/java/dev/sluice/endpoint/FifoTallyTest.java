package dev.sluice.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.posix.FileEvents;
import dev.sluice.posix.FileEvents.Event;
import org.junit.jupiter.api.Test;

/** What is counted of events that Linux has joined. */
class FifoTallyTest {

  private static final int INOTIFY = 0;
  private static final int FANOTIFY = 1;
  private static final Event OPENED = new Event(1, FileEvents.OPENED, "");
  private static final Event CLOSED = new Event(1, FileEvents.CLOSED_READABLE, "");
  private static final Event BOTH =
      new Event(1, FileEvents.OPENED | FileEvents.CLOSED_READABLE, "");

  private final FifoTally tally = new FifoTally("fifo", 2, 1);

  private void seen(int witness, Event... events) {
    for (Event event : events) {
      tally.note(witness, event);
    }
  }

  private void serviceOpens() {
    tally.openOwn(/* forget= */ true);
    seen(INOTIFY, OPENED);
    seen(FANOTIFY, OPENED);
  }

  @Test
  void aProcessThatCameTwiceAndLeftDoesNotCount() {
    seen(INOTIFY, OPENED, CLOSED, OPENED, CLOSED);
    seen(FANOTIFY, OPENED, BOTH); // the first close, the second open, and the second close
    serviceOpens();
    assertThat(tally.peers()).isZero();
  }

  @Test
  void twoReadersCountThatLookLikeOneToInotify() {
    serviceOpens();
    seen(INOTIFY, OPENED);
    seen(FANOTIFY, OPENED, OPENED);
    assertThat(tally.peers()).isEqualTo(2);
  }

  @Test
  void whoCameBeforeTheServiceAndStaysCounts() {
    seen(INOTIFY, OPENED);
    seen(FANOTIFY, OPENED);
    serviceOpens();
    assertThat(tally.peers()).isEqualTo(1);
  }
}
