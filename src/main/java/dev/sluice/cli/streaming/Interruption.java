package dev.sluice.cli.streaming;

import dev.sluice.cli.common.FailedException;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Signals;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The signals that ask this process to end: HUP, INT and TERM. Its monitor guards all of its state.
 */
public final class Interruption {

  private static final List<Signals> ALL = List.of(Signals.HUP, Signals.INT, Signals.TERM);

  /** The parent of this process when this class was loaded. */
  private static final long PARENT = Signals.parent();

  private @Nullable Signals first;
  private @Nullable Consumer<Signals> answer;

  /** Creates one without signal handlers. */
  public Interruption() {}

  /** Notes the parent of this process, unless that was done before. */
  public static void noteParent() {
    // Calling this has loaded the class.
  }

  /** Installs the signal handlers. The signals do not end the process by themselves after that. */
  public static Interruption watch() {
    Interruption interruption = new Interruption();
    ALL.forEach(signal -> signal.handle(() -> interruption.come(signal)));
    return interruption;
  }

  /** Treats the end of the parent process as a TERM signal, as long as the calling thread lives. */
  void expectParentToStay() {
    try {
      if (!Signals.TERM.sendWhenParentEnds(PARENT)) {
        come(Signals.TERM);
      }
    } catch (ErrnoException e) {
      throw new FailedException("--exit-with-parent: " + e.getMessage(), e);
    }
  }

  private void come(Signals signal) {
    Consumer<Signals> now;
    synchronized (this) {
      first = first == null ? signal : first;
      now = answer;
    }
    if (now != null) {
      now.accept(signal);
    }
  }

  /** Sets the reaction to a signal. Runs it at once if a signal has come already. */
  void answerWith(Consumer<Signals> next) {
    Signals before;
    synchronized (this) {
      answer = next;
      before = first;
    }
    if (before != null) {
      next.accept(before);
    }
  }
}
