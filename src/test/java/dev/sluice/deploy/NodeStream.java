package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import java.time.Duration;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/**
 * A stream of random bytes between an NBD client in one pod and a peer by HTTP in another one, both
 * of which tell the digest of what they have sent or got.
 */
final class NodeStream implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofMinutes(4);

  /** Prints the digest of the disk, has it written, and tells how that went. */
  static final String CLIENT_WRITES =
      """
      disk=$(mktemp)
      head -c "$2" /dev/urandom > "$disk"
      sha256sum < "$disk"
      timeout 200 nbdcopy "$disk" "$1"; status=$?
      rm "$disk"
      exit $status
      """;

  private static final String CLIENT_READS =
      """
      disk=$(mktemp)
      timeout 200 nbdcopy "$1" "$disk"; status=$?
      sha256sum < "$disk"
      rm "$disk"
      exit $status
      """;

  private static final String PEER_READS =
      """
      set -o pipefail
      curl -sS --fail-with-body -m 200 -H "Authorization: Bearer $3" "$1" | sha256sum
      """;

  private static final String PEER_WRITES =
      """
      bytes=$(mktemp)
      head -c "$2" /dev/urandom > "$bytes"
      sha256sum < "$bytes"
      curl -sS --fail-with-body -m 200 -o "$bytes.answer" -H "Authorization: Bearer $3" -T "$bytes" "$1"; status=$?
      [ $status = 0 ] || cat "$bytes.answer" >&2
      rm -f "$bytes" "$bytes.answer"
      exit $status
      """;

  private final NodeRelease release;
  private final String name;
  private final boolean writes;
  private final long size;

  // The thread that waits for the outcome replaces both, where the export has gone elsewhere.
  private Command.Running client;
  private Command.Running peer;

  private NodeStream(NodeRelease release, String name, boolean writes, long size) {
    this.release = release;
    this.name = name;
    this.writes = writes;
    this.size = size;
    begin();
  }

  /** Asks for an export, and starts the stream as soon as it is offered. */
  static NodeStream start(
      NodeRelease release, String name, String direction, long size, String more) {
    release.ask(
        name,
        "direction: %s, peer: http, size: %d, digest: SHA-256%s".formatted(direction, size, more));
    return begin(release, name, direction, size);
  }

  /** Starts the stream of an export that somebody has asked for. */
  static NodeStream begin(NodeRelease release, String name, String direction, long size) {
    return new NodeStream(release, name, direction.equals("write"), size);
  }

  private void begin() {
    JsonNode offered = release.awaitPhase(name, "WAITING");
    String data = offered.path("dataUrl").asString();
    String uri = offered.at("/uris/0").asString();
    String peerScript = writes ? PEER_READS : PEER_WRITES;
    peer = release.inPod("peer", peerScript, data, size, release.token()).start();
    client = release.inPod("client", writes ? CLIENT_WRITES : CLIENT_READS, uri, size).start();
  }

  /** Waits until it has begun; returns what the resource says then. */
  JsonNode awaitBegin() {
    return release.await(name, status -> status.has("startTime"));
  }

  /** Waits until bytes have passed; returns what the resource says then. */
  JsonNode awaitBytes() {
    return release.await(name, status -> status.path("position").asLong(0) > 0);
  }

  /** How it has ended, once it has. A client whose export is gone to another pod follows it. */
  Outcome outcome() {
    long start = System.nanoTime();
    while (System.nanoTime() - start < LIMIT.toNanos()) {
      Awaitility.await()
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(500))
          .until(() -> !client.isAlive() && !peer.isAlive() || isToBeginAnew());
      if (!isToBeginAnew()) {
        JsonNode status = release.await(name, NodeStream::hasEnded);
        return new Outcome(name, writes, status, client.await(), peer.await());
      }
      close();
      begin();
    }
    throw new AssertionError("%s has not begun within %s".formatted(name, LIMIT));
  }

  private static boolean hasEnded(JsonNode status) {
    return status.path("phase").asString("").matches("COMPLETED|FAILED|CANCELLED");
  }

  private boolean isToBeginAnew() {
    if (!hasFailed(client) && !hasFailed(peer)) {
      return false;
    }
    JsonNode status = release.status(name);
    return !status.has("startTime") && !hasEnded(status);
  }

  private static boolean hasFailed(Command.Running one) {
    return !one.isAlive() && one.await().exitCode() != 0;
  }

  @Override
  public void close() {
    client.close();
    peer.close();
  }

  /** How a stream has ended, for the resource, the client and the peer. */
  record Outcome(
      String name, boolean writes, JsonNode status, Command.Result client, Command.Result peer) {

    boolean isComplete() {
      return status.path("phase").asString().equals("COMPLETED");
    }

    String failure() {
      return status.path("failure").asString("");
    }

    /** In one word. */
    String reason() {
      for (JsonNode condition : status.path("conditions")) {
        if (condition.path("type").asString().equals("Failed")) {
          return condition.path("reason").asString();
        }
      }
      throw new AssertionError("no condition Failed in " + this);
    }

    private static String digest(Command.Result result) {
      return result.output().replaceFirst("(?s) .*", "");
    }

    /** Every byte has arrived, and all say so. */
    void assertComplete() {
      assertThat(status.path("phase").asString()).as("%s", this).isEqualTo("COMPLETED");
      client.assertSucceeded();
      peer.assertSucceeded();
      assertThat(digest(client)).as("%s", this).hasSize(64).isEqualTo(digest(peer));
      assertThat(status.path("digest").asString()).as("%s", this).endsWith(digest(client));
    }

    /** It is lost, the resource says so, and whoever got bytes was told that they are not all. */
    void assertLost() {
      assertThat(status.path("phase").asString()).as("%s", this).isEqualTo("FAILED");
      assertThat(failure()).as("%s", this).isNotEmpty();
      Command.Result receiver = writes ? peer : client;
      if (receiver.exitCode() == 0) { // it was lost after its last byte
        assertThat(digest(client)).as("%s", this).isEqualTo(digest(peer));
      }
    }

    void assertCompleteOrLost() {
      if (isComplete()) {
        assertComplete();
      } else {
        assertLost();
      }
    }
  }
}
