package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

/**
 * The chart and the shipped image on a real node: three pods, clients in a fourth, and peers in a
 * fifth. It takes some minutes.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RealNodeIT {

  private static final long SIZE = 32 << 20;
  private static final int AT_ONCE = 3;

  /** A stream at this rate takes eight seconds, so that something can happen to it. */
  private static final String SLOWLY = ", rateLimit: 4M";

  /** One at this rate takes longer than a pod waits that is told to stop. */
  private static final String TOO_SLOWLY = ", rateLimit: 256k";

  private static RealNode node;
  private static NodeRelease release;

  private final List<NodeStream> streams = new ArrayList<>();

  @BeforeAll
  static void install() throws Exception {
    RealNode.require();
    Image.require();
    node = RealNode.start(Image.NAME);
    release = new NodeRelease(node);
  }

  @AfterAll
  static void stop() {
    if (node != null) {
      node.close();
    }
  }

  /** No resource hangs, whatever has happened to its stream. */
  @AfterEach
  void endStreams() {
    streams.forEach(NodeStream::close);
    if (release != null) {
      release.deleteAll();
      release.awaitPods();
    }
  }

  private NodeStream stream(String name, String direction, long size, String more) {
    NodeStream stream = NodeStream.start(release, name, direction, size, more);
    streams.add(stream);
    return stream;
  }

  @Test
  void bytesGoFromAPodToAPeerInAnotherOneAndBack() {
    NodeStream save = stream("save", "write", SIZE, "");
    NodeStream restore = stream("restore", "read", SIZE, "");

    save.outcome().assertComplete();
    restore.outcome().assertComplete();
  }

  @Test
  void aPeerInThePodItselfReadsAPipe() {
    String pod = "demo-sluice-1";
    String pipe = "/run/sluice/save";
    release.ask(
        "pipe",
        "direction: write, pod: %s, path: %s, size: %d, digest: SHA-256"
            .formatted(pod, pipe, SIZE));
    String uri = release.awaitPhase("pipe", "WAITING").at("/uris/0").asString();
    try (Command.Running peer = release.inPod(pod, "sha256sum < $1", pipe).start()) {
      Command client = release.inPod("client", NodeStream.CLIENT_WRITES, uri, SIZE);
      String sent = client.run().assertSucceeded().output();

      assertThat(peer.await().assertSucceeded().output()).isEqualTo(sent).hasSizeGreaterThan(63);
      assertThat(release.awaitPhase("pipe", "COMPLETED").path("digest").asString())
          .isEqualTo(sent.substring(0, 64));
    }
  }

  @Test
  void helmTestPasses() {
    try (Command.Running test = release.helm("test", "demo", "--logs").start()) {
      assertThat(test.await(Duration.ofMinutes(3)).assertSucceeded().output())
          .contains("demo-sluice-0 has it", "demo-sluice-2 has it")
          .contains("to nbd://demo-sluice:10809/demo-sluice-test, from", "passed");
    }
  }

  @Test
  void whatAKilledProcessHadBegunIsLostAndTheRestIsPlacedAnew() {
    NodeStream begun = stream("begun", "write", SIZE, TOO_SLOWLY);
    JsonNode owner = begun.awaitBytes().path("owner");
    String waiting = askForOneOf(owner);

    node.killSluice(owner.path("pod").asString());
    long killed = System.nanoTime();

    awaitPlacedAnew(waiting, owner);
    // Only printed: a busy machine is no failure.
    System.out.printf("Placed anew after %.1f s.%n", (System.nanoTime() - killed) / 1e9);
    NodeStream.Outcome outcome = begun.outcome();
    outcome.assertLost();
    assertThat(outcome.reason()).isEqualTo("OwnerLost");
    assertThat(outcome.status().path("position").asLong()).isPositive();
    assertCompletes(waiting);
  }

  /** Its process may still be told to stop, and wait for its streams, though not for that long. */
  @Test
  void whatAPodHadBegunThatIsDeletedByForceIsLostAndTheRestIsPlacedAnew() {
    NodeStream begun = stream("begun", "write", SIZE, TOO_SLOWLY);
    JsonNode owner = begun.awaitBegin().path("owner");
    String waiting = askForOneOf(owner);

    release.kubectl("delete", "pod", owner.path("pod").asString(), "--force", "--grace-period=0");

    awaitPlacedAnew(waiting, owner);
    begun.outcome().assertLost();
    assertCompletes(waiting);
  }

  @Test
  void aPodThatComesBackIsFoundAtItsNewAddress() {
    String pod = "demo-sluice-1";
    String other = "demo-sluice-2";
    String spec = "direction: read, peer: http, size: 1M, pod: " + pod;
    release.ask("before", spec);
    JsonNode lost = release.awaitPhase("before", "WAITING").path("owner");
    assertThat(release.answer(other, "before")).isEqualTo("200");

    release.kubectl("delete", "pod", pod, "--force", "--grace-period=0");
    release.ask("after", spec);
    awaitPlacedAnew("after", lost);

    assertThat(release.answer(other, "after")).isEqualTo("200");
  }

  /** An export that has not begun, and that this pod has for now. */
  private static String askForOneOf(JsonNode owner) {
    for (int number = 0; number < 20; number++) {
      String name = "waiting-" + number;
      release.ask(name, "direction: read, peer: http, size: %d, digest: SHA-256".formatted(SIZE));
      JsonNode waiting = release.awaitPhase(name, "WAITING");
      if (waiting.path("owner").equals(owner)) {
        return name;
      }
    }
    throw new AssertionError("none of 20 exports went to " + owner);
  }

  private static void awaitPlacedAnew(String name, JsonNode lost) {
    release.await(
        name,
        status ->
            status.path("phase").asString("").equals("WAITING")
                && !status.path("owner").equals(lost));
  }

  private void assertCompletes(String name) {
    NodeStream stream = NodeStream.begin(release, name, "read", SIZE);
    streams.add(stream);
    stream.outcome().assertComplete();
  }

  @Test
  void anEvictionWaitsForTheStreamsAndForAnotherPodThatIsAway() {
    NodeStream begun = stream("begun", "write", SIZE / 2, SLOWLY);
    String pod = begun.awaitBegin().at("/owner/pod").asString();
    String other = pod.equals("demo-sluice-0") ? "demo-sluice-1" : "demo-sluice-0";

    release.awaitEviction(pod);
    assertThat(release.evict(other).assertFailed().errors()).contains("disruption budget");

    begun.outcome().assertComplete();
  }

  @Test
  void whileAllPodsAreReplacedEveryStreamIsCompleteOrSaysThatItIsNot() throws Exception {
    NodeStream tooSlow = stream("too-slow", "write", SIZE, TOO_SLOWLY);
    tooSlow.awaitBytes();
    try (NodeLoad load = new NodeLoad(release, AT_ONCE, SIZE, SLOWLY)) {
      release.upgrade("podAnnotations.upgraded=again");
      release.awaitPods();
      load.end();

      System.out.println(load);
      assertThat(load.outcomes()).allSatisfy(NodeStream.Outcome::assertCompleteOrLost);
      assertThat(load.outcomes()).anyMatch(NodeStream.Outcome::isComplete);
    }
    tooSlow.outcome().assertLost();
  }

  @Test
  void theNetworkPolicySelectsThePodsAndWhomTheyLetIn() {
    assertThat(release.selected("/spec/podSelector"))
        .containsExactly("demo-sluice-0", "demo-sluice-1", "demo-sluice-2");
    assertThat(release.selected("/spec/ingress/0/from/0/podSelector")).containsExactly("peer");
    assertThat(release.selected("/spec/ingress/1/from/0/podSelector")).containsExactly("client");
  }

  /** Whoever names another program that applies policies to the node sees what that one does. */
  @Test
  @Order(Integer.MAX_VALUE - 1)
  void onlyWhomTheNetworkPolicyNamesGetsThrough() {
    assertThat(release.canConnect("peer", 10809)).as("before").isTrue();
    try (Command.Running enforcing = node.applyPolicies().start()) {
      release.awaitRefusal("peer", 10809);
      assertThat(release.canConnect("client", 10809)).isTrue();
      assertThat(release.canConnect("client", 8080)).isFalse();
      assertThat(release.canConnect("peer", 8080)).isTrue();
      stream("within", "write", SIZE, "").outcome().assertComplete();
      helmTestPasses();
      assertThat(enforcing.isAlive()).isTrue();
    }
  }

  /** In another order Helm takes the pods' rights first, and resources stay that nobody lets go. */
  @Test
  @Order(Integer.MAX_VALUE)
  void nothingHangsWhenResourcesAreDeletedBeforeTheRelease() {
    release.ask("waiting", "direction: read, peer: http, size: 1M");
    release.awaitPhase("waiting", "WAITING");

    release.deleteAll();
    release.helm("uninstall", "demo").run().assertSucceeded();
    node.kubectl("delete", "namespace", NodeRelease.NAMESPACE, "--timeout=55s").assertSucceeded();
    release = null;
  }
}
