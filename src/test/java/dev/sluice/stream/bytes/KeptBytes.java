package dev.sluice.stream.bytes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** The bytes that were written to a stream, and which of them are kept: a window, byte by byte. */
final class KeptBytes {

  /** Data that was kept, and how much memory it took at most. */
  private record Stored(int to, int memory) {}

  private final byte[] bytes;

  /** What an unsure byte was before a write that broke off: it may be that, or what was sent. */
  private final byte[] before;

  private final BitSet unsure = new BitSet();
  private final BitSet kept = new BitSet();
  private final BitSet data = new BitSet();

  /** Data that no zeroes were written over. */
  private final BitSet written = new BitSet();

  private final List<Stored> stored = new ArrayList<>();

  KeptBytes(int length) {
    bytes = new byte[length];
    before = new byte[length];
  }

  /** The same again, which changes by itself. */
  KeptBytes copy() {
    KeptBytes copy = new KeptBytes(bytes.length);
    System.arraycopy(bytes, 0, copy.bytes, 0, bytes.length);
    System.arraycopy(before, 0, copy.before, 0, bytes.length);
    copy.unsure.or(unsure);
    copy.kept.or(kept);
    copy.data.or(data);
    copy.written.or(written);
    copy.stored.addAll(stored);
    return copy;
  }

  /** What was written to a range; zeroes where nothing was. */
  byte[] content(int from, int to) {
    return Arrays.copyOfRange(bytes, from, to);
  }

  /** Where the highest that is kept ends, or 0. */
  int end() {
    return kept.length();
  }

  /** How far everything is there from an offset on. */
  int contiguousEnd(int from) {
    return kept.nextClearBit(from);
  }

  /** The same, if a range were there, too. */
  int contiguousEnd(int at, int from, int to) {
    int reach = contiguousEnd(at);
    return reach >= from && reach < to ? contiguousEnd(to) : reach;
  }

  boolean isAnyOf(int from, int to) {
    int first = kept.nextSetBit(from);
    return first >= 0 && first < to;
  }

  /** What of a range is not kept. */
  BitSet gaps(int from, int to) {
    BitSet gaps = new BitSet();
    gaps.set(from, to);
    gaps.andNot(kept);
    return gaps;
  }

  /** How much is data, and not zeroes. */
  int dataBytes() {
    return data.cardinality();
  }

  int dataBytes(int from, int to) {
    return data.get(from, to).cardinality();
  }

  /** Whether any of a range is data that no zeroes were written over. */
  boolean hasWritten(int from, int to) {
    return !written.get(from, to).isEmpty();
  }

  /** The most memory that the data takes: a part is let go as a whole. */
  int memory() {
    return stored.stream().mapToInt(Stored::memory).sum();
  }

  /** How much memory data would take. */
  int memoryFor(int from, int to) {
    return to - from - dataBytes(from, to);
  }

  boolean isUnsure(int from, int to) {
    return !unsure.get(from, to).isEmpty();
  }

  /** Whether a byte that was written may be this; zero where nothing was. */
  boolean mayBe(int offset, byte value) {
    return bytes[offset] == value || (unsure.get(offset) && before[offset] == value);
  }

  void putData(int from, int to, byte[] content) {
    stored.add(new Stored(to, memoryFor(from, to)));
    data.set(from, to);
    written.set(from, to);
    put(from, to, content);
  }

  void putZeroes(int from, int to) {
    written.clear(from, to);
    put(from, to, new byte[to - from]);
  }

  private void put(int from, int to, byte[] content) {
    System.arraycopy(content, 0, bytes, from, to - from);
    unsure.clear(from, to);
    kept.set(from, to);
  }

  /** Some data may have been overwritten, and nothing else. */
  void maybePut(int from, int to, byte[] content) {
    for (int at = from; at < to; at++) {
      if (data.get(at)) {
        before[at] = bytes[at];
        bytes[at] = content[at - from];
        unsure.set(at);
      }
    }
  }

  void dropBelow(int offset) {
    kept.clear(0, offset);
    data.clear(0, offset);
    written.clear(0, offset);
    stored.removeIf(one -> one.to <= offset);
  }
}
