package dev.sluice.posix;

import java.lang.reflect.Proxy;

/** Signals to this process and to others. */
public enum Signals {
  HUP(1),
  INT(2),
  KILL(9),
  TERM(15);

  private static final int PR_SET_PDEATHSIG = 1;

  private final int number;

  /** Found when a signal is sent: to find them takes longer than all of a short command. */
  private static final class Functions {

    static final CFunction KILL = CFunction.intFunction("kill", 2);
    static final CFunction PRCTL = CFunction.intVariadic("prctl", 1, 2);
  }

  Signals(int number) {
    this.number = number;
  }

  /**
   * Has something run, on a thread of its own, each time that this process gets this signal,
   * instead of ending it. A signal that was ignored when the process began stays so.
   *
   * <p>Java has no other means for that than a class of the JDK that the compiler warns of, in a
   * way that cannot be switched off; so it is used by reflection.
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
                return method.invoke(handler, arguments); // those of every object
              });
      signal
          .getMethod("handle", signal, type)
          .invoke(null, signal.getConstructor(String.class).newInstance(name()), proxy);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("SIG%s cannot be handled".formatted(name()), e);
    }
  }

  /**
   * Sends it to a process.
   *
   * @throws ErrnoException ESRCH when there is no such process
   */
  public void send(long process) throws ErrnoException {
    CLibrary.call("kill", state -> Functions.KILL.invoke(state, process, number));
  }

  /**
   * Has Linux send it to this process when the thread that started it has ended (prctl(2),
   * PR_SET_PDEATHSIG), as long as the current thread lives.
   *
   * @param parent this process's parent, as it was when somebody looked last
   * @return false if that one has ended already: nothing is sent then
   */
  public boolean sendWhenParentEnds(long parent) throws ErrnoException {
    CLibrary.call("prctl", state -> Functions.PRCTL.invoke(state, PR_SET_PDEATHSIG, number));
    return parent() == parent;
  }

  /** The process that has started this one, or the one that has adopted it; 0 if it is hidden. */
  public static long parent() {
    return ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L);
  }
}
