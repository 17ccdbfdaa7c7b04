package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.faults.ScriptedSide.Report;
import dev.sluice.testing.ExportDocument;
import java.nio.file.Files;
import java.time.Duration;

/** Has the fault of a cell happen in a play, and sees whether what the export says is the truth. */
final class Run {

  private static final Duration A_MOMENT = Duration.ofMillis(200);

  private final Play play;
  private final Cell cell;
  private final Stand stand;
  private final Mischief mischief;

  Run(Play play, Cell cell) {
    this.play = play;
    this.cell = cell;
    this.stand = play.stand();
    this.mischief = new Mischief(play, cell);
  }

  /** The whole of it. */
  void run() {
    play.reach();
    mischief.happen();
    if (cell.row().who == Who.SERVICE && cell.row().fault == Fault.KILLED) {
      assertAfterKill();
      return;
    }
    switch (cell.outcome()) {
      case WAITING -> assertWaiting();
      case INTERRUPTED -> assertInterrupted();
      case FAILED -> assertFailed();
      case COMPLETED -> assertCompleted();
      case NONE -> throw new AssertionError("there is no such case");
    }
  }

  private void assertWaiting() {
    boolean stopped = cell.row().fault == Fault.STOPPED;
    boolean clientGone = cell.row().who == Who.CLIENT && !stopped;
    if (clientGone) {
      play.awaitNoClient();
    }
    Play.hold(
        stopped ? Play.LONGER_THAN_IDLE : A_MOMENT,
        () -> isUntouched(play.now()) && play.now().clients() == (clientGone ? 0 : 1));
    mischief.end();
    if (cell.row().who == Who.CLIENT && stopped) {
      play.letClientGoOn();
    }
    replaceLost(0);
    assertWhole();
  }

  private static boolean isUntouched(ExportDocument export) {
    return export.state().equals("WAITING") && export.position() == 0 && export.failure() == null;
  }

  private void assertInterrupted() {
    ExportDocument left = play.awaitState(Outcome.INTERRUPTED);
    assertThat(left.clients()).isZero();
    assertReasonOf(left);
    assertPositionOf(left);
    if (play.writes()) {
      assertThat(left.position()).isEqualTo(play.clientPosition(left.position()));
    }
    replaceLost(left.position());
    if (!play.writes()) {
      play.assertClientSucceeded();
      ExportDocument unsure = play.awaitNoClient();
      assertThat(unsure.state()).isEqualTo("INTERRUPTED");
      assertThat(unsure.failure()).contains("sent to a client that did not say goodbye");
      play.acceptUnread();
    }
    assertWhole();
  }

  /** Whether a client that lives has everything, or finds it in its socket; but nobody knew. */
  private boolean hasEverything() {
    boolean all = cell.moment() == Moment.AFTER_THE_LAST_BYTE;
    return !mischief.clientLost
        && !play.writes()
        && (all || cell.moment() == Moment.BEFORE_THE_LAST_BYTE);
  }

  private void assertFailed() {
    ExportDocument failed = play.awaitState(Outcome.FAILED);
    assertReasonOf(failed);
    mischief.end();
    if (cell.row().who == Who.CLIENT && cell.row().fault == Fault.STOPPED) {
      play.letClientGoOn();
    }
    if (cell.row().who == Who.CLIENT && hasEverything()) {
      play.awaitClientEnd();
    } else if (!mischief.clientLost) {
      play.assertClientFailed();
    }
    if (!mischief.peerLost) {
      play.letPeerGoOn();
      Report report = play.peer().awaitReport();
      if (play.isByHttp()) {
        boolean all = play.writes() && report.position() == play.disk().size();
        assertThat(report.isFailure()).as("failure of %s", report).isNotEqualTo(all);
      } else if (play.writes()) {
        assertThat(report.isFailure()).as("failure of %s", report).isFalse();
        assertThat(report.position()).isEqualTo(failed.position());
      }
    }
    assertPositionOf(failed);
    ExportDocument later = play.now();
    assertThat(later.position()).isEqualTo(failed.position());
    assertThat(later.failure()).isEqualTo(failed.failure());
  }

  private void assertCompleted() {
    if (cell.row().fault == Fault.STOPPED && cell.row().who != Who.SERVICE) {
      play.awaitState(Outcome.COMPLETED);
      Play.hold(Play.LONGER_THAN_IDLE, () -> play.now().state().equals("COMPLETED"));
    } else if (cell.row().fault == Fault.CUT_OFF && cell.row().who == Who.CLIENT) {
      play.awaitState(Outcome.COMPLETED);
    }
    mischief.end();
    if (cell.row().who == Who.CLIENT && cell.row().fault == Fault.STOPPED) {
      play.letClientGoOn();
    }
    play.letPeerGoOn();
    assertWhole();
  }

  /** What the next service says. */
  private void assertAfterKill() {
    if (cell.moment() == Moment.AFTER_THE_LAST_BYTE) {
      play.awaitClientEnd(); // it has everything, or knows that the peer has
    } else {
      play.assertClientFailed();
    }
    boolean peerWaits = cell.moment() == Moment.BEFORE_THE_FIRST_BYTE && !play.isByHttp();
    if (play.isByHttp()) {
      play.letPeerGoOn(); // it is told
    }
    if (!peerWaits) {
      Report report = play.peer().awaitReport();
      play.peer().assertMoved(play.disk());
      // A pipe cannot tell its reader that this is not the proper end; HTTP can.
      boolean told = play.isByHttp() && report.position() < play.disk().size();
      assertThat(report.isFailure() && play.writes())
          .as("failure of a reader")
          .isEqualTo(told && play.writes());
      long moved = play.clientPosition(report.position());
      assertThat(report.position() - moved)
          .matches(ahead -> play.writes() ? ahead <= 0 : ahead >= 0);
    }
    boolean over = play.writes() && cell.moment() == Moment.AFTER_THE_LAST_BYTE;
    boolean file = !play.isByHttp();
    assertThat(Files.exists(play.path())).as("whether a FIFO is left").isEqualTo(file && !over);
    stand.startAgain();

    ExportDocument after = play.now();
    assertThat(after.state()).isEqualTo(cell.outcome().name());
    boolean waits = cell.outcome() == Outcome.WAITING;
    assertThat(Files.exists(play.path())).as("whether a FIFO is there").isEqualTo(file && waits);
    if (waits) {
      play.findAgain();
      mischief.clientLost = true;
      mischief.peerLost = play.isByHttp();
      replaceLost(0);
      assertWhole();
    } else if (cell.outcome() == Outcome.FAILED) {
      assertThat(after.failure()).startsWith("the service ended at about position ");
    } else {
      assertThat(after.position()).isEqualTo(play.disk().size());
    }
  }

  /** Instead of whoever was lost another one goes on, and so does who was not. */
  private void replaceLost(long position) {
    if (mischief.peerLost) {
      play.replacePeer();
      mischief.peerLost = false;
    }
    if (mischief.clientLost) {
      play.replaceClient(position);
      play.letClientGoOn();
      mischief.clientLost = false;
    }
    play.letPeerGoOn();
  }

  /** Everything went through, and everybody who is left saw an orderly end. */
  private void assertWhole() {
    if (!mischief.clientLost) {
      play.assertClientSucceeded();
    }
    if (!mischief.peerLost) {
      play.peer().awaitDone();
    }
    ExportDocument whole = play.awaitState(Outcome.COMPLETED);
    assertThat(whole.position()).isEqualTo(play.disk().size());
    assertThat(whole.failure()).isNull();
    assertThat(play.clientPosition(play.disk().size())).isEqualTo(play.disk().size());
    play.peer().assertMoved(play.disk());
    assertThat(play.peer().last().position()).isEqualTo(play.disk().size());
  }

  private void assertReasonOf(ExportDocument export) {
    assertThat(export.failure())
        .contains(cell.row().reason())
        .contains(" at position " + export.position());
  }

  /** Not beyond what was sent, and not behind what was received; all of that is the disk's. */
  private void assertPositionOf(ExportDocument export) {
    long position = export.position();
    long client = play.clientPosition(position);
    boolean known = mischief.peerLost || play.peer().hasReported();
    long peer = known || play.writes() ? play.peer().last().position() : play.disk().size();
    play.peer().assertMoved(play.disk());
    assertThat(position).isBetween(play.writes() ? peer : client, play.writes() ? client : peer);
  }
}
