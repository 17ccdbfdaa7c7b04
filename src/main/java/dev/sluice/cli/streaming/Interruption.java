package dev.sluice.cli.streaming;

import dev.sluice.cli.common.FailedException;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Signals;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The signals that ask this process to end. Its monitor guards all of it. */
public final class Interruption {

  private static final List<Signals> ALL = List.of(Signals.HUP, Signals.INT, Signals.TERM);

  /** Which process had started this one when this class was loaded. */
  private static final long PARENT = Signals.parent();

  private @Nullable Signals first;
  private @Nullable Consumer<Signals> answer;

  /** Nothing is taken note of. */
  public Interruption() {}

  /** Finds out which process has started this one, unless that is known. */
  public static void noteParent() {
    // The class is loaded by now.
  }

  /** Takes note of them from now on; nothing ends by them any more. */
  public static Interruption watch() {
    Interruption interruption = new Interruption();
    ALL.forEach(signal -> signal.handle(() -> interruption.come(signal)));
    return interruption;
  }

  /** Counts the end of this process's parent as one of them, as long as this thread lives. */
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

  /** Has something done when one comes, and at once if one has come already. */
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
