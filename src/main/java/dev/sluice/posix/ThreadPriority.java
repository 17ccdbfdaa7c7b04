package dev.sluice.posix;

/**
 * What share of the processors a thread gets while there is not enough for all (setpriority(2)).
 * Threads that it starts have the same, and nothing gives it back.
 */
public final class ThreadPriority {

  /** Nice values, of which each step is about a fifth less. */
  private static final int LOWERED = 10;

  private static final int PRIO_PROCESS = 0;
  private static final int THIS_THREAD = 0;

  private static final CFunction SETPRIORITY = CFunction.intFunction("setpriority", 3);

  private static final CFunction GETPRIORITY = CFunction.intFunction("getpriority", 2);

  private ThreadPriority() {}

  /** Lowers this thread's to about a tenth of the others'. Doing it again does nothing. */
  public static void lower() {
    if (isLow()) {
      return;
    }
    try {
      CLibrary.callOnce(
          "setpriority", state -> SETPRIORITY.invoke(state, PRIO_PROCESS, THIS_THREAD, LOWERED));
    } catch (ErrnoException e) {
      // A sandbox may forbid it. The thread then has as much as the others.
    }
  }

  private static boolean isLow() {
    try {
      return CLibrary.callOnce(
              "getpriority", state -> GETPRIORITY.invoke(state, PRIO_PROCESS, THIS_THREAD))
          >= LOWERED;
    } catch (ErrnoException e) {
      return false; // a nice value below 0 looks like an error here
    }
  }
}
