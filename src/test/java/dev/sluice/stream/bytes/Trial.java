package dev.sluice.stream.bytes;

import dev.sluice.stream.Assurances;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.Timeouts;
import dev.sluice.stream.bytes.Rig.Far;
import dev.sluice.stream.bytes.Rig.Near;
import dev.sluice.stream.bytes.SocketTransport.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What a seed stands for, but for what its clients do.
 *
 * @param length how many bytes there are to write or to read
 * @param input how many bytes the peer of a read stream gives
 * @param largestBlock the most that a client writes or reads at a time
 * @param careless whether clients do what they should not, so that the stream may fail
 * @param peerLeavesAt after how many bytes the peer of a write stream leaves; negative: it does not
 * @param peerIsLate whether the peer comes only when it is waited for
 * @param piece the most that the peer reads or writes at a time
 */
record Trial(
    long seed,
    Direction direction,
    Far far,
    Payload payload,
    Near near,
    StreamSettings settings,
    int length,
    int input,
    int largestBlock,
    boolean careless,
    int peerLeavesAt,
    boolean peerIsLate,
    int piece) {

  /** Nothing that a trial waits for takes longer. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final int MOST_AT_ONCE = 60_000;
  private static final int MORE_THAN_A_PIPE = 1_200_000;

  static Random random(long seed) {
    return new Random(seed * 0x9E37_79B9_7F4A_7C15L); // those of neighbouring seeds are alike
  }

  static Trial of(Direction direction, long seed) {
    Random random = random(seed);
    int head = oneOf(random, 0, 0, 512, 512, 512, 4096, 4096, 4096, 65_536);
    int window = oneOf(random, 0, 1_000, 4096, 4096, 65_536, 1 << 20);
    int length = length(random, head);
    boolean known = random.nextInt(4) > 0;
    int input = length;
    if (direction == Direction.READ && known && random.nextInt(8) == 0) {
      input = Math.max(0, length + random.nextInt(2 * 600) - 600);
    }
    Duration resume = random.nextInt(4) == 0 ? LIMIT : Duration.ZERO;
    StreamSettings settings = Rig.settings(known ? length : -1, window, head, LIMIT, LIMIT, resume);
    boolean leaves = direction == Direction.WRITE && random.nextInt(12) == 0;
    int largest = Math.min(1 + length / (1 + random.nextInt(10)), MOST_AT_ONCE);
    return new Trial(
        seed,
        direction,
        Far.values()[random.nextInt(2)],
        Payload.values()[random.nextInt(2)],
        random.nextInt(6) == 0 ? Near.TCP : Near.UNIX,
        direction == Direction.READ ? reading(settings, random) : writing(settings, seed),
        length,
        input,
        largest,
        random.nextInt(4) == 0,
        leaves ? random.nextInt(length) : -1,
        random.nextBoolean(),
        1 + random.nextInt(oneOf(random, 1 + length / 100, 1 + length / 5, 100_000)));
  }

  private static StreamSettings writing(StreamSettings settings, long seed) {
    return settings
        .withResumeWindow(oneOf(random(seed + 3), 0, 0, 0, 1, 1000, 65_536, 1 << 20))
        .withCopy(random(seed + 4).nextInt(4) == 0);
  }

  private static StreamSettings reading(StreamSettings settings, Random random) {
    boolean known = settings.size().isPresent();
    Assurances assurances =
        new Assurances(
            false, random.nextInt(3) == 0, random.nextInt(4) == 0, known && random.nextInt(3) == 0);
    Timeouts given = settings.timeouts();
    Timeouts timeouts =
        new Timeouts(
            given.peer(), given.idle(), given.resume(), given.lifetime(), given.stall(), LIMIT);
    return StreamSettings.of(
            settings.size(), settings.reorderWindow(), settings.headWindow(), timeouts)
        .withAssurances(assurances)
        .withResumeWindow(oneOf(random, 0, 0, 1, 1_000, 4096, 70_000));
  }

  /** Most are short: they have what is odd about them in common with the long ones. */
  private static int length(Random random, int head) {
    return switch (random.nextInt(48)) {
      case 0 -> MORE_THAN_A_PIPE + random.nextInt(1_000_000);
      case 1, 2, 3 -> head + 1 + random.nextInt(300_000);
      case 4, 5 -> 1 + random.nextInt(600);
      case 6, 7, 8, 9 -> 1 + random.nextInt(1 + head);
      case 10, 11, 12, 13 -> Math.max(1, head - 3 + random.nextInt(7));
      default -> head + 1 + random.nextInt(6_000);
    };
  }

  private static int oneOf(Random random, int... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** The length in whole sectors, if clients are told of it. */
  int paddedLength() {
    return settings.size().isPresent() ? (int) settings.advertisedSize() : length;
  }

  /** Cuts a part of the stream into blocks. */
  List<Block> cut(int from, int to, Random random) {
    List<Block> blocks = new ArrayList<>();
    for (int at = from; at < to; at = blocks.getLast().to()) {
      blocks.add(new Block(at, Math.min(to, cut(at, random))));
    }
    return blocks;
  }

  /** Where a block ends that begins here: often where something changes, or beside that. */
  private int cut(int from, Random random) {
    int to = from + 1 + random.nextInt(largestBlock);
    int odd =
        switch (random.nextInt(6)) {
          case 0 -> to / StreamSettings.SECTOR * StreamSettings.SECTOR;
          case 1 -> settings.headWindow() - 1 + random.nextInt(3);
          case 2 -> from + (int) Math.min(settings.reorderWindow(), largestBlock);
          default -> to;
        };
    return odd > from && odd <= from + largestBlock ? odd : to;
  }
}
