package dev.sluice.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.Typed;
import dev.sluice.cli.remote.OtherServer.Reply;
import dev.sluice.testing.OwnService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is asked for again and again. */
@Timeout(60)
class WatchTest {

  private static OwnService service;
  private static Map<String, String> variables;

  @BeforeAll
  static void startService() {
    service = OwnService.with();
    variables = Map.of("SLUICE_URL", "http://127.0.0.1:" + service.port());
  }

  @AfterAll
  static void stopService() {
    service.close();
  }

  @AfterEach
  void deleteExports() {
    service.api().list().forEach(export -> service.api().delete(export.name(), true));
  }

  private static Typed.Running start(String... words) {
    return Typed.start(variables, words);
  }

  /** The states of an export in rows that were written, without those that only moved. */
  private static List<String> states(String out, String name) {
    List<String> states = new ArrayList<>();
    out.lines()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> line.split(" +")[2])
        .filter(state -> states.isEmpty() || !states.getLast().equals(state))
        .forEach(states::add);
    return states;
  }

  @Test
  void aListGoesOnWithALineForEachChange() throws Exception {
    service.create("still", "write", 100);
    try (Typed.Running list = start("list", "--watch", "--interval=10ms")) {
      list.awaitOutput("still ");
      service.create("moves", "write", 100);
      list.awaitOutput("moves ");
      service.api().delete("moves", true);
      list.awaitOutput("DELETED");

      String out = list.out().toString();
      assertThat(out).startsWith("NAME ").containsOnlyOnce("NAME").containsOnlyOnce("still ");
      assertThat(states(out, "moves")).containsExactly("WAITING", "DELETED");
      assertThat(list.end()).isNotDone();
    }
  }

  @Test
  void oneThatIsWatchedIsShownUntilItIsDeleted() throws Exception {
    service.create("one", "write", 100);
    try (Typed.Running get = start("get", "one", "-w", "--interval=10ms")) {
      get.awaitOutput("WAITING");
      service.api().delete("one", true);

      Typed typed = get.end().get();
      assertThat(typed.exitCode()).as(typed.err()).isZero();
      assertThat(states(typed.out(), "one")).containsExactly("WAITING", "DELETED");
    }
  }

  @Test
  void aStreamIsFollowedToItsEnd() throws Exception {
    service.create("disk", "write", 100_000);
    try (Typed.Running watch = start("watch", "disk", "--interval=10ms")) {
      watch.awaitOutput("disk WAITING 0%, 0 of 97.6k, waits for a client\n");
      var peer = service.peerReads("disk");
      try (var client = service.connect()) {
        client.go("disk");
        client.write(0, new byte[70_000]);
        watch.awaitOutput("disk STREAMING 70%, 68.3k of 97.6k");
        client.write(70_000, new byte[30_000]);
        client.disconnect();
      }
      peer.get();

      Typed typed = watch.end().get();
      assertThat(typed.exitCode()).as(typed.err()).isZero();
      assertThat(typed.out()).contains("disk is COMPLETED: 100000 bytes in ");
    }
  }

  @Test
  void theDigestOfAStreamIsInTheEndAsSha256sumPrintsIt() {
    try (OtherServer other = answering(export("COMPLETED", ", \"digestValue\": \"0123abcd\""))) {
      assertThat(watch(other).out()).endsWith("0123abcd  disk\n");
    }
  }

  @Test
  void aServiceMayBeAwayForAWhile() {
    Reply away = new Reply(502, "Bad Gateway");
    try (OtherServer other =
        answering(export("WAITING", ""), away, away, export("COMPLETED", ""))) {
      Typed typed = watch(other);

      assertThat(typed.exitCode()).as(typed.err()).isZero();
      assertThat(other.requests()).isEqualTo(4);
    }
  }

  @Test
  void butNotForLongerThanARequestMayTake() {
    try (OtherServer other = answering(export("WAITING", ""), new Reply(502, "Bad Gateway"))) {
      Typed typed = watch(other, "--timeout=200ms");

      assertThat(typed.exitCode()).isEqualTo(3);
      assertThat(typed.err()).contains("status 502");
      assertThat(other.requests()).isGreaterThan(2);
    }
  }

  @Test
  void oneThatWasNeverThereIsNotAskedAgain() {
    try (OtherServer other = answering(new Reply(502, "Bad Gateway"))) {
      assertThat(watch(other).exitCode()).isEqualTo(3);
      assertThat(other.requests()).isOne();
    }
  }

  private static Reply export(String state, String more) {
    String ended = state.equals("COMPLETED") ? ", \"endedAt\": \"2026-01-02T03:04:05Z\"" : "";
    return new Reply(
        200,
        "{\"id\": \"~1\", \"name\": \"disk\", \"state\": \"%s\", \"position\": 7%s%s}"
            .formatted(state, ended, more));
  }

  private static OtherServer answering(Reply... replies) {
    try {
      return OtherServer.inTurn(replies);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Typed watch(OtherServer other, String... more) {
    List<String> words = new ArrayList<>(List.of("watch", "disk", "--interval=10ms"));
    words.addAll(List.of(more));
    return Typed.run(
        Map.of("SLUICE_URL", "http://127.0.0.1:" + other.port()), words.toArray(String[]::new));
  }
}
