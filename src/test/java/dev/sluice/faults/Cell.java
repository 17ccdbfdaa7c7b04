package dev.sluice.faults;

import dev.sluice.stream.Direction;
import java.util.stream.Stream;

/** One case: a fault of somebody's in one direction, at a moment. */
record Cell(FaultRow row, Moment moment) {

  /** All cases that there are. */
  static Stream<Cell> all() {
    return Stream.of(Moment.values()).flatMap(Cell::at);
  }

  /** Those of one moment. */
  static Stream<Cell> at(Moment moment) {
    return Stream.of(FaultRow.values())
        .map(row -> new Cell(row, moment))
        .filter(cell -> cell.outcome() != Outcome.NONE);
  }

  Direction direction() {
    return row.direction;
  }

  Outcome outcome() {
    return row.outcome(moment);
  }

  /** How many bytes whoever has the fault has moved when it happens; as many are slow as follow. */
  long position(long size) {
    boolean lastAreSlow = row.fault == Fault.SLOW && moment == Moment.BEFORE_THE_LAST_BYTE;
    return lastAreSlow ? size - Play.SLOW_BYTES : moment.position(size);
  }

  /**
   * The idle clock: short where it has to tell, and else longer than a busy machine stands still.
   */
  String idleTimeout() {
    if (outcome() == Outcome.FAILED && row.fault != Fault.KILLED) {
      return "1500ms";
    }
    return row.fault == Fault.STOPPED || row.fault == Fault.SLOW ? "4s" : "30m";
  }

  @Override
  public String toString() {
    return "%s %s: %s".formatted(row, moment, outcome());
  }
}
