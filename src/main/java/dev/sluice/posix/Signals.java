package dev.sluice.posix;

import java.lang.reflect.Proxy;

/** Signals: handles those to this process, and sends them to other processes. */
public enum Signals {
  HUP(1),
  INT(2),
  KILL(9),
  TERM(15);

  private static final int PR_SET_PDEATHSIG = 1;

  private final int number;

  /** Found at the first use, because finding them takes longer than a whole short command. */
  private static final class Functions {

    static final CFunction KILL = CFunction.intFunction("kill", 2);
    static final CFunction PRCTL = CFunction.intVariadic("prctl", 1, 2);
  }

  Signals(int number) {
    this.number = number;
  }

  /**
   * Runs a handler, on a thread of its own, each time that this process gets this signal, in place
   * of the default action. A signal that was ignored when the process started stays ignored.
   *
   * <p>The only way to do that in Java is a class of the JDK whose use causes a compiler warning
   * that cannot be suppressed. So it is used by reflection.
   */
  public void handle(Runnable handler) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> type = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              type.getClassLoader(),
              new Class<?>[] {type},
              (_, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  handler.run();
                  return null;
                }
                return method.invoke(handler, arguments); // methods of Object
              });
      signal
          .getMethod("handle", signal, type)
          .invoke(null, signal.getConstructor(String.class).newInstance(name()), proxy);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("SIG%s cannot be handled".formatted(name()), e);
    }
  }

  /**
   * Sends this signal to a process.
   *
   * @throws ErrnoException ESRCH if there is no such process
   */
  public void send(long process) throws ErrnoException {
    CLibrary.call("kill", state -> Functions.KILL.invoke(state, process, number));
  }

  /**
   * Lets Linux send this signal to this process when the thread that started it has ended
   * (prctl(2), PR_SET_PDEATHSIG). That lasts as long as the current thread lives.
   *
   * @param parent this process's parent, as it was seen before this call
   * @return false if that parent has ended already; then no signal is sent
   */
  public boolean sendWhenParentEnds(long parent) throws ErrnoException {
    CLibrary.call("prctl", state -> Functions.PRCTL.invoke(state, PR_SET_PDEATHSIG, number));
    return parent() == parent;
  }

  /** Returns the process that started this one, or has adopted it; 0 if it is hidden. */
  public static long parent() {
    return ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L);
  }
}
