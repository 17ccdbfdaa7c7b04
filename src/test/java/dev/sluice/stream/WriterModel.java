package dev.sluice.stream;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A client that writes every byte, as real ones do: it begins by probing the head, then writes
 * blocks out of order as far as the window allows, some of them twice, leaves in between, and goes
 * on at the position.
 */
final class WriterModel {

  private static final int LARGEST_BLOCK = 60_000;

  private record Block(int from, int to) {}

  private final Rig rig;
  private final StreamSettings settings;
  private final Random random;
  private final byte[] expected;
  private final List<Block> pending = new ArrayList<>();
  private final List<Block> ahead = new ArrayList<>();
  private TestClient client;

  /** The highest offset that was ever written. */
  private int reached;

  /** The highest offset that was written before the first of the blocks. */
  private int probed;

  WriterModel(Rig rig, StreamSettings settings, Random random) throws IOException {
    this.rig = rig;
    this.settings = settings;
    this.random = random;
    long least = settings.headWindow() + 1L; // an end without a size is only believed beyond it
    this.expected = new byte[(int) settings.size().orElse(least + random.nextInt(200_000))];
    this.client = rig.connect();
  }

  byte[] expected() {
    return expected;
  }

  void run() throws IOException {
    probe();
    cut();
    while (!pending.isEmpty()) {
      switch (random.nextInt(12)) {
        case 0 -> leave();
        case 1 -> breakOff();
        case 2 -> rewriteAhead();
        case 3 -> flushUnlessThereIsAGap();
        default -> put(take());
      }
    }
    if (random.nextBoolean()) {
      client.flush();
    }
    client.disconnect();
  }

  /** Anything goes while nothing was written beyond the head, but a goodbye at the very end. */
  private void probe() throws IOException {
    int head = Math.min(settings.headWindow(), expected.length);
    for (int i = random.nextInt(5); i > 0 && head > 0; i--) {
      int from = random.nextInt(head);
      put(new Block(from, from + 1 + random.nextInt(head - from)));
      switch (random.nextInt(4)) {
        case 0 -> client.flush();
        case 1 -> leave();
        default -> {}
      }
    }
  }

  /** Everything has to be written still. */
  private void cut() {
    probed = reached;
    for (int at = 0; at < expected.length; ) {
      int to = Math.min(expected.length, at + 1 + random.nextInt(LARGEST_BLOCK));
      pending.add(new Block(at, to));
      at = to;
    }
  }

  /** The next block, or one further on that the window has room for in any case. */
  private Block take() {
    int lowest = pending.getFirst().from;
    if (probesReachNext() && (rig.position() > 0 || probed >= pending.getFirst().to)) {
      return pending.removeFirst(); // or they would be delivered in its place
    }
    int choices = 1;
    while (choices < pending.size()
        && choices < 8
        && pending.get(choices).to - lowest <= settings.reorderWindow()) {
      choices++;
    }
    int choice = random.nextBoolean() ? 0 : random.nextInt(choices);
    Block block = pending.remove(choice);
    if (choice == 0) {
      int next = pending.isEmpty() ? expected.length : pending.getFirst().from;
      ahead.removeIf(one -> one.from < next);
    } else {
      ahead.add(block);
    }
    return block;
  }

  /** Whether there may be something in place of the next block that is to be overwritten. */
  private boolean probesReachNext() {
    return probed > pending.getFirst().from;
  }

  private void put(Block block) throws IOException {
    int length = block.to - block.from;
    // Zeroes alone in the only sector are a probe, not a stream.
    boolean dataOnly = expected.length <= StreamSettings.SECTOR;
    switch (dataOnly ? 2 : random.nextInt(6)) {
      case 0 -> {
        Arrays.fill(expected, block.from, block.to, (byte) 0);
        client.zeroes(block.from, length);
      }
      case 1 -> {
        Arrays.fill(expected, block.from, block.to, (byte) 0);
        client.trim(block.from, length);
      }
      default -> client.write(block.from, fill(block));
    }
    reached = Math.max(reached, block.to);
  }

  private byte[] fill(Block block) {
    byte[] data = new byte[block.to - block.from];
    random.nextBytes(data);
    System.arraycopy(data, 0, expected, block.from, data.length);
    return data;
  }

  private void rewriteAhead() throws IOException {
    boolean givesAway = probesReachNext() && rig.position() > 0;
    if (!ahead.isEmpty() && !givesAway) {
      put(ahead.get(random.nextInt(ahead.size())));
    }
  }

  private void flushUnlessThereIsAGap() throws IOException {
    if (ahead.isEmpty() && !probesReachNext()) {
      client.flush();
    }
  }

  /** Goes in a way that proves nothing, and comes again. */
  private void leave() throws IOException {
    boolean couldBeTheEnd = settings.size().isEmpty() || reached == expected.length;
    if (couldBeTheEnd || random.nextBoolean()) {
      client.hangUp();
    } else {
      client.disconnect();
    }
    client = rig.connect();
  }

  /** Is gone in the middle of a payload; what came of it may have been delivered, or not. */
  private void breakOff() throws IOException {
    Block block = pending.getFirst();
    byte[] data = fill(block);
    client.sendWrite(block.from, data, random.nextInt(data.length));
    client.hangUp();
    int position = Math.toIntExact(rig.position());
    client = rig.connect();
    if (position > block.from) {
      pending.set(0, new Block(position, block.to));
    }
  }
}
