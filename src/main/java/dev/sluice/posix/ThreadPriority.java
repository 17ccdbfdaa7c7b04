package dev.sluice.posix;

/**
 * The scheduling priority of threads (setpriority(2)). New threads inherit it from the thread that
 * starts them, and nothing raises it again.
 */
public final class ThreadPriority {

  /** The nice value. Each step reduces the share of CPU time by about a fifth. */
  private static final int LOWERED = 10;

  private static final int PRIO_PROCESS = 0;
  private static final int THIS_THREAD = 0;

  private static final CFunction SETPRIORITY = CFunction.intFunction("setpriority", 3);

  private static final CFunction GETPRIORITY = CFunction.intFunction("getpriority", 2);

  private ThreadPriority() {}

  /**
   * Lowers this thread's share of busy processors to about a tenth of that of others. Idempotent.
   */
  public static void lower() {
    if (isLow()) {
      return;
    }
    try {
      CLibrary.callOnce(
          "setpriority", state -> SETPRIORITY.invoke(state, PRIO_PROCESS, THIS_THREAD, LOWERED));
    } catch (ErrnoException e) {
      // A sandbox may forbid it. The thread then keeps its priority.
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
