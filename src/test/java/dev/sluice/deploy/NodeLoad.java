package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Some streams at a time on a real node, one after the other, until somebody ends that. */
final class NodeLoad implements AutoCloseable {

  private static final Duration ENDS_WITHIN = Duration.ofMinutes(4);

  private final NodeRelease release;
  private final long size;
  private final String more;
  private final List<Thread> players = new ArrayList<>();
  private final List<NodeStream.Outcome> outcomes = new CopyOnWriteArrayList<>();
  private final List<Throwable> faults = new CopyOnWriteArrayList<>();
  private volatile boolean over;

  /** Begins; clients write and read in turns. */
  NodeLoad(NodeRelease release, int atOnce, long size, String more) {
    this.release = release;
    this.size = size;
    this.more = more;
    for (int number = 0; number < atOnce; number++) {
      String name = "load-" + number + "-";
      String direction = number % 2 == 0 ? "write" : "read";
      players.add(Thread.ofVirtual().start(() -> play(name, direction)));
    }
  }

  private void play(String name, String direction) {
    try {
      for (int number = 0; !over; number++) {
        try (NodeStream stream = NodeStream.start(release, name + number, direction, size, more)) {
          outcomes.add(stream.outcome());
        }
      }
    } catch (RuntimeException | AssertionError e) {
      faults.add(e);
    }
  }

  /** Begins no more, and waits for the last ones. */
  void end() throws InterruptedException {
    over = true;
    for (Thread player : players) {
      assertThat(player.join(ENDS_WITHIN)).isTrue();
    }
    assertThat(faults).isEmpty();
  }

  List<NodeStream.Outcome> outcomes() {
    return outcomes;
  }

  @Override
  public String toString() {
    return "Of %d streams %d were complete."
        .formatted(
            outcomes.size(), outcomes.stream().filter(NodeStream.Outcome::isComplete).count());
  }

  /** Begins no more. */
  @Override
  public void close() {
    over = true;
  }
}
