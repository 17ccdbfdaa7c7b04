package dev.sluice.faults;

/** When it happens, by the bytes that whoever has the fault has moved. */
enum Moment {
  BEFORE_THE_FIRST_BYTE("before the first byte"),
  MID_STREAM("mid-stream"),
  BEFORE_THE_LAST_BYTE("before the last byte"),
  AFTER_THE_LAST_BYTE("after the last byte");

  final String shown;

  Moment(String shown) {
    this.shown = shown;
  }

  /** How many bytes of a disk have been moved by then. */
  long position(long size) {
    return switch (this) {
      case BEFORE_THE_FIRST_BYTE -> 0;
      // In the middle of a request, and of a page.
      case MID_STREAM -> size / 2 + 12_345;
      case BEFORE_THE_LAST_BYTE -> size - 1;
      case AFTER_THE_LAST_BYTE -> size;
    };
  }
}
