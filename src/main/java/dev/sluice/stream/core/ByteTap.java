package dev.sluice.stream.core;

import java.lang.foreign.MemorySegment;

/** Receives the bytes that pass a stream, in order. Called with the request lock held. */
public interface ByteTap {

  /** Receives the next bytes. The memory belongs to the caller again when this returns. */
  void add(MemorySegment bytes);

  /** Receives the next bytes, which are zeroes. */
  void addZeroes(long count);
}
