package dev.sluice.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A client that reads every byte, as real ones do: it begins by probing the head, then reads blocks
 * out of order as far as the window allows, leaves in between, and goes on where it was.
 */
final class ReaderModel {

  private static final int LARGEST_BLOCK = 60_000;

  private record Block(int from, int to) {}

  private final Rig rig;
  private final StreamSettings settings;
  private final Random random;
  private final byte[] data;
  private final List<Block> pending = new ArrayList<>();
  private TestClient client;

  ReaderModel(Rig rig, StreamSettings settings, Random random, byte[] data) throws IOException {
    this.rig = rig;
    this.settings = settings;
    this.random = random;
    this.data = data;
    this.client = rig.connect();
  }

  void run() throws IOException {
    probe();
    for (int at = 0; at < data.length; ) {
      int to = Math.min(data.length, at + 1 + random.nextInt(LARGEST_BLOCK));
      pending.add(new Block(at, to));
      at = to;
    }
    while (!pending.isEmpty()) {
      if (random.nextInt(8) == 0) {
        leave();
      }
      if (random.nextInt(8) == 0) {
        probe();
      }
      get(take());
    }
    if (settings.size().isEmpty()) {
      assertThat(client.tryRead(data.length, 1)).isEqualTo(TestSession.Status.REFUSED);
    }
    client.disconnect();
  }

  /** The head can be read at any time, but not all of the stream by a client that then leaves. */
  private void probe() throws IOException {
    int head = Math.min(settings.headWindow(), data.length - 1);
    for (int i = random.nextInt(3); i > 0 && head > 0; i--) {
      int from = random.nextInt(head);
      get(new Block(from, from + 1 + random.nextInt(head - from)));
    }
    if (random.nextInt(3) == 0) {
      leave();
    }
  }

  private Block take() {
    int lowest = pending.getFirst().from;
    int choices = 1;
    while (choices < pending.size()
        && choices < 8
        && pending.get(choices).to - lowest <= settings.reorderWindow()) {
      choices++;
    }
    return pending.remove(random.nextBoolean() ? 0 : random.nextInt(choices));
  }

  private void get(Block block) throws IOException {
    byte[] got = client.read(block.from, block.to - block.from);
    int mismatch = Arrays.mismatch(got, Arrays.copyOfRange(data, block.from, block.to));
    assertThat(mismatch).as("first difference in what was read at %d", block.from).isNegative();
  }

  /** Leaves, unless every byte was read by somebody: then that would be the end. */
  private void leave() throws IOException {
    if (rig.position() == data.length) {
      return;
    }
    if (settings.size().isEmpty() || random.nextBoolean()) {
      client.hangUp();
    } else {
      client.disconnect();
    }
    client = rig.connect();
  }
}
