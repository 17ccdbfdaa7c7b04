package dev.sluice.stream.core;

import java.lang.foreign.MemorySegment;

/** Is given the bytes of a stream that went the whole way, in order. In the stream's lock. */
public interface ByteTap {

  /** These bytes are next. They are the caller's again afterwards. */
  void add(MemorySegment bytes);

  /** This many zeroes are next. */
  void addZeroes(long count);
}
