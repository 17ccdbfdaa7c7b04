package dev.sluice.posix;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is one, the client's progress bar shows in a real one. */
class TerminalsTest {

  @Test
  void whatIsNoTerminalHasNoColumns() throws ErrnoException {
    Posix.Pipe pipe = Posix.pipe();
    try {
      assertThat(Terminals.columns(pipe.writeEnd())).isZero();
    } finally {
      Posix.close(pipe.readEnd());
      Posix.close(pipe.writeEnd());
    }
    assertThat(Terminals.columns(-1)).isZero();
  }
}
