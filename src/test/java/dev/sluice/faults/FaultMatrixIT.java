package dev.sluice.faults;

import dev.sluice.faults.ToolPlay.Tool;
import dev.sluice.testing.Link;
import dev.sluice.testing.Peers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever happens to a client, a peer or the service, what the export says is the truth. The cases
 * are {@link FaultRow}'s. Most of their time is waiting, so some are played at once, each with a
 * service of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultMatrixIT {

  private static final int AT_ONCE = 4;
  private static final int PLAYED_WITHIN_MINUTES = 10;

  private final ExecutorService players = Executors.newFixedThreadPool(AT_ONCE);
  private final Queue<Stand> stands = new ConcurrentLinkedQueue<>();
  private final Map<Case, Future<?>> plays = new LinkedHashMap<>();
  private boolean linked;

  /** A cell, with a client that can be told everything or with one that users have. */
  private record Case(Cell cell, Optional<Tool> tool) {

    @Override
    public String toString() {
      return cell + tool.map(t -> ", " + t).orElse("");
    }
  }

  static Stream<Case> cases() {
    Stream<Case> scripted = Cell.all().map(cell -> new Case(cell, Optional.empty()));
    Stream<Case> tools =
        Cell.at(Moment.MID_STREAM)
            .filter(cell -> cell.row().who != Who.CLIENT || cell.row().fault != Fault.SLOW)
            .map(cell -> new Case(cell, Optional.of(Tool.of(cell.row()))));
    return Stream.concat(scripted, tools);
  }

  @BeforeAll
  void begin() {
    Peers.require("nbdcopy", "qemu-img", "python3");
    linked = Peers.hasNetworkNamespaces();
    cases()
        .filter(one -> linked || one.cell().row().fault != Fault.CUT_OFF)
        .forEach(one -> plays.put(one, players.submit(() -> play(one))));
  }

  private void play(Case one) {
    Stand stand = stand();
    try {
      try (Play play =
          one.tool().isPresent()
              ? new ToolPlay(stand, one.cell(), one.tool().get())
              : new Play(stand, one.cell())) {
        new Run(play, one.cell()).run();
      }
      stand.assertUnharmed();
    } catch (Throwable failure) {
      try (stand) {
        throw failure;
      }
    }
    stands.add(stand);
  }

  /** One that has been left unharmed, or a new one. */
  private Stand stand() {
    Stand free = stands.poll();
    return free != null ? free : new Stand(linked ? Optional.of(Link.make()) : Optional.empty());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void whatTheExportSaysIsTheTruth(Case one) throws Throwable {
    if (one.cell().row().fault == Fault.CUT_OFF) {
      Peers.requireNetworkNamespaces();
    }
    try {
      plays.get(one).get(PLAYED_WITHIN_MINUTES, TimeUnit.MINUTES);
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }

  @AfterAll
  void end() throws InterruptedException {
    players.shutdownNow();
    players.awaitTermination(1, TimeUnit.MINUTES);
    stands.forEach(Stand::close);
  }
}
