package dev.sluice.faults;

/** What happens to one of the three who take part in a stream. */
enum Fault {
  /** SIGKILL. */
  KILLED("killed"),
  /** SIGSTOP for longer than the idle clock; then it goes on. */
  STOPPED("stopped for longer than `idleTimeout`"),
  /** Its end of the network's cable is down. */
  CUT_OFF("cut off from the network"),
  /** It moves a byte a second for longer than the idle clock; then it is as fast as before. */
  SLOW("slow, a byte a second for longer than `idleTimeout`");

  final String shown;

  Fault(String shown) {
    this.shown = shown;
  }
}
