package dev.sluice.faults;

/** The state that the export comes to by the fault. */
enum Outcome {
  /** Nothing has happened; whoever was lost is replaced, and the whole disk goes through. */
  WAITING,
  /**
   * Another client goes on, and the whole disk goes through. Of what a lost reader was sent nobody
   * knows that it arrived, so somebody has to accept that.
   */
  INTERRUPTED,
  FAILED,
  COMPLETED,
  /** There is no such case. */
  NONE;

  String shown() {
    return this == NONE ? "–" : name();
  }
}
