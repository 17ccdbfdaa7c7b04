package dev.sluice.faults;

import dev.sluice.testing.ExportDocument;
import java.time.Duration;
import java.util.Map;

/** The fault of a cell: how it comes about in a play, and how it ends. */
final class Mischief {

  /** Shorter than what makes a connection be given up. */
  private static final Duration SHORT_CUT = Duration.ofMillis(1500);

  private final Play play;
  private final Cell cell;
  private final Stand stand;

  /** Whether the client, or the peer, is gone and was not replaced. */
  boolean clientLost;

  boolean peerLost;

  Mischief(Play play, Cell cell) {
    this.play = play;
    this.cell = cell;
    this.stand = play.stand();
  }

  /** The fault happens. */
  void happen() {
    switch (cell.row().who) {
      case CLIENT -> inflictOnClient();
      case PEER -> inflictOnPeer();
      case SERVICE -> inflictOnService();
    }
  }

  private void inflictOnClient() {
    switch (cell.row().fault) {
      case KILLED -> {
        play.clientProcess().kill();
        play.clientProcess().await();
        clientLost = true;
      }
      case STOPPED -> play.clientProcess().stop();
      case CUT_OFF -> {
        if (cell.moment() == Moment.BEFORE_THE_FIRST_BYTE) {
          // Linux asks only a silent client for a sign of life; else it sends again, for long.
          stand.link().awaitAcknowledged();
        }
        stand.link().cutFar();
      }
      case SLOW -> {
        boolean done = cell.moment() == Moment.AFTER_THE_LAST_BYTE;
        play.client().tell((done ? "end_slowly " : "slowly ") + Play.SLOW_BYTES);
        if (!done) {
          play.letClientGoOn();
        }
      }
    }
    play.letPeerGoOn();
  }

  private void inflictOnPeer() {
    switch (cell.row().fault) {
      case KILLED -> {
        play.peer().kill();
        if (cell.outcome() == Outcome.WAITING) {
          play.awaitPeerGone(); // or the stream would begin with one that has gone
        }
        peerLost = true;
      }
      case STOPPED -> play.peer().process().stop();
      case SLOW -> {
        if (cell.moment() == Moment.AFTER_THE_LAST_BYTE) {
          play.letPeerEnd("end_slowly " + Play.SLOW_BYTES);
        } else {
          play.peer().tell("slowly " + Play.SLOW_BYTES);
          play.letPeerGoOn();
        }
      }
      case CUT_OFF -> throw new AssertionError("there is no such case");
    }
    play.letClientGoOn();
  }

  private void inflictOnService() {
    switch (cell.row().fault) {
      case KILLED -> {
        stand.sluice().process().kill();
        stand.sluice().process().await();
        play.letClientGoOn();
      }
      case STOPPED -> {
        stand.sluice().process().stop();
        play.letClientGoOn();
        play.letPeerGoOn();
        Play.hold(Play.LONGER_THAN_IDLE, () -> stand.sluice().process().isAllInState('T'));
      }
      case CUT_OFF -> {
        stand.link().cutNear();
        play.letClientGoOn();
        play.letPeerGoOn();
        Play.hold(SHORT_CUT, () -> true);
      }
      case SLOW -> {
        stand.api().patch(play.export().name(), Map.of("rateLimit", 1));
        long before = play.now().position();
        play.letClientGoOn();
        play.letPeerGoOn();
        Play.hold(Play.LONGER_THAN_IDLE, () -> isSlow(before));
      }
    }
  }

  /** At a byte a second and what goes at once; before the last byte it may have come to its end. */
  private boolean isSlow(long before) {
    ExportDocument now = play.now();
    return now.position() < before + 100 && !now.state().equals("FAILED");
  }

  /** The fault is over, or whoever it happened to. */
  void end() {
    switch (cell.row().fault) {
      case STOPPED ->
          (switch (cell.row().who) {
                case CLIENT -> play.clientProcess();
                case PEER -> play.peer().process();
                case SERVICE -> stand.sluice().process();
              })
              .goOn();
      case CUT_OFF -> {
        if (cell.row().who == Who.CLIENT) {
          play.clientProcess().kill();
          clientLost = true;
        }
        stand.link().heal();
      }
      case SLOW -> {
        // Without it the last bytes come to their end by themselves.
        if (cell.row().who == Who.SERVICE && cell.moment() != Moment.BEFORE_THE_LAST_BYTE) {
          stand.api().patch(play.export().name(), Map.of("rateLimit", 0));
        }
      }
      case KILLED -> {}
    }
  }
}
