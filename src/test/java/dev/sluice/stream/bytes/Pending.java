package dev.sluice.stream.bytes;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/** The blocks that clients have still to write or read, in order. */
final class Pending {

  /** No client goes further ahead than so many blocks. */
  private static final int FAR = 8;

  private final List<Block> blocks = new ArrayList<>();

  boolean isEmpty() {
    return blocks.isEmpty();
  }

  int size() {
    return blocks.size();
  }

  /** Where the first of them begins. */
  int start() {
    return blocks.getFirst().from();
  }

  Block first() {
    return blocks.getFirst();
  }

  Block get(int index) {
    return blocks.get(index);
  }

  boolean any(Predicate<Block> condition) {
    return blocks.stream().anyMatch(condition);
  }

  void add(Collection<Block> more) {
    blocks.addAll(more);
    blocks.sort(Comparator.comparingInt(Block::from));
  }

  void clear() {
    blocks.clear();
  }

  /** The first, or another one as far on as the condition holds for all that are passed over. */
  Block take(Random random, Predicate<Block> canGoAhead) {
    int choices = 1;
    while (choices < Math.min(FAR, blocks.size()) && canGoAhead.test(blocks.get(choices))) {
      choices++;
    }
    return blocks.remove(random.nextBoolean() ? 0 : random.nextInt(choices));
  }

  /** All from one index up to another. */
  List<Block> take(int from, int to) {
    List<Block> part = blocks.subList(from, Math.min(to, blocks.size()));
    List<Block> taken = new ArrayList<>(part);
    part.clear();
    return taken;
  }

  /** Gives up what is below an offset. */
  void passOver(int offset) {
    blocks.replaceAll(one -> new Block(Math.max(one.from(), offset), one.to()));
    blocks.removeIf(one -> one.length() <= 0);
  }
}
