package dev.sluice.posix;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What tests expect of system calls that fail. */
final class Errnos {

  private Errnos() {}

  static void assertErrno(int errno, ThrowingCallable call) {
    assertThatExceptionOfType(ErrnoException.class)
        .isThrownBy(call)
        .returns(errno, ErrnoException::errno);
  }
}
