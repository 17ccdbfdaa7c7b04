package dev.sluice.stream.bytes;

/** A part of a stream that is written or read at once. */
record Block(int from, int to) {
  int length() {
    return to - from;
  }
}
