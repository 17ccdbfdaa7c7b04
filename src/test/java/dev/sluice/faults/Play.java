package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.stream.Direction;
import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.Transport;
import dev.sluice.testing.Workspace;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** An export, a client and a peer, whom one fault happens to; a client that can be told. */
class Play implements AutoCloseable {

  /** More than a pipe holds, and not a multiple of anything. */
  private static final Disk DISK = Disks.random(20L * Disks.MIB + 4321);

  /** So many bytes go one a second where somebody is slow, which takes longer than idleness may. */
  static final int SLOW_BYTES = 5;

  static final Duration LONGER_THAN_IDLE = Duration.ofSeconds(5);
  private static final Duration SETTLES_WITHIN = Duration.ofSeconds(30);
  private static final AtomicInteger MADE = new AtomicInteger();

  private final Disk disk;
  private final Stand stand;
  private final Cell cell;
  private final Direction direction;
  private final String name;
  private final Path path;
  private ExportDocument export;
  private ScriptedSide client;
  private ScriptedSide peer;
  private boolean peerGoesOn;

  /** A play with a client that does as it is told. */
  Play(Stand stand, Cell cell) {
    this(stand, cell, DISK);
  }

  Play(Stand stand, Cell cell, Disk disk) {
    this.disk = disk;
    this.stand = stand;
    this.cell = cell;
    this.direction = cell.direction();
    this.name = "fault-" + MADE.incrementAndGet();
    this.path = stand.sluice().root().resolve(name);
    createExport();
    peer = startPeer();
  }

  final Disk disk() {
    return disk;
  }

  final Stand stand() {
    return stand;
  }

  final boolean writes() {
    return direction == Direction.WRITE;
  }

  final ExportDocument export() {
    return export;
  }

  final URI uri() {
    return Transport.TCP.uri(export);
  }

  /** Makes the export, for the first time or again. */
  final void createExport() {
    String way = direction.name().toLowerCase(Locale.ROOT);
    Map<String, ?> clocks = Map.of("idleTimeout", cell.idleTimeout());
    export =
        isByHttp()
            ? stand.api().createForHttp(name, way, disk.size(), clocks)
            : stand.api().create(name, path, way, disk.size(), clocks);
  }

  final boolean isByHttp() {
    return cell.row().isByHttp();
  }

  /** The service was started again, at another address. */
  final void findAgain() {
    export = now();
  }

  final Path path() {
    return path;
  }

  /** The export as it is now. */
  final ExportDocument now() {
    return stand.api().get(name);
  }

  final ExportDocument awaitState(Outcome state) {
    return stand.api().awaitState(name, state.name());
  }

  final ExportDocument awaitPosition(long position) {
    return stand.api().await(name, now -> now.position() == position);
  }

  final ExportDocument awaitNoClient() {
    return stand.api().await(name, now -> now.clients() == 0);
  }

  /** Somebody accepts that nobody knows of every byte whether it arrived. */
  final void acceptUnread() {
    stand.api().finish(name, "{\"unread\": \"accept\"}");
  }

  /** Lets time pass in which something stays as it is. */
  static void hold(Duration time, Callable<Boolean> asItIs) {
    await().during(time).atMost(time.plus(SETTLES_WITHIN)).until(asItIs);
  }

  // The peer.

  final ScriptedSide peer() {
    return peer;
  }

  /** Starts a peer, which opens the FIFO, or sends its request, at once. */
  private ScriptedSide startPeer() {
    peerGoesOn = false;
    UnaryOperator<Command> here = UnaryOperator.identity();
    if (isByHttp()) {
      int port = stand.api().resolve("/").getPort();
      String kind = writes() ? "write-web-peer" : "read-web-peer";
      peer = new ScriptedSide(kind, 0, here, port, name, disk.path());
      awaitWebPeers(1);
      return peer;
    }
    peer =
        writes()
            ? new ScriptedSide("write-peer", 0, here, path)
            : new ScriptedSide("read-peer", 0, here, path, disk.path());
    return peer;
  }

  private void awaitWebPeers(int count) {
    await().until(() -> stand.api().scrape().sum("sluice_data_streams") == count);
  }

  /** Waits until the service knows that a peer has gone, which a pipe's reader shows at once. */
  final void awaitPeerGone() {
    if (isByHttp()) {
      awaitWebPeers(0);
    }
  }

  /** Another peer, instead of one that was lost or has ended. */
  final void replacePeer() {
    peer.kill();
    awaitPeerGone();
    startPeer();
  }

  /** Tells the peer to come to its end as a peer does, if it does not know yet. */
  final void letPeerGoOn() {
    letPeerEnd("end");
  }

  /** Tells the peer to come to its end in a way. */
  final void letPeerEnd(String step) {
    if (!peerGoesOn) {
      peerGoesOn = true;
      peer.tell(step);
    }
  }

  // The client.

  final ScriptedSide client() {
    return client;
  }

  /** Starts a client, which goes on at a position. */
  final ScriptedSide startClient(long position) {
    URI uri = uri();
    String kind = writes() ? "write-client" : "read-client";
    client =
        new ScriptedSide(
            kind,
            position,
            stand::atTheClients,
            uri.getHost(),
            uri.getPort(),
            name,
            disk.size(),
            position,
            disk.path());
    return client;
  }

  /** Comes to the moment at which the fault happens. */
  void reach() {
    long position = cell.position(disk.size());
    startClient(0);
    switch (cell.row().who) {
      case CLIENT -> {
        letPeerGoOn();
        client.tell((asksForMore() ? "to " : "ask_to ") + position);
        client.awaitDone();
        if (writes()) {
          awaitPosition(position);
        }
      }
      case PEER -> {
        if (position == 0) {
          peer.process().awaitSleep(); // it opens the FIFO, or waits for an answer
        } else {
          client.tellTo(disk.size());
          peer.tellTo(position);
          peer.awaitDone();
        }
      }
      case SERVICE -> {
        letPeerGoOn();
        client.tell((asksForMore() ? "to " : "ask_to ") + position);
        client.awaitDone();
        awaitPosition(position);
        if (cell.outcome() == Outcome.COMPLETED && cell.row().fault == Fault.KILLED) {
          awaitState(Outcome.COMPLETED); // which a peer by HTTP takes a moment for
        }
      }
    }
  }

  /** Whether the client is within a request at the moment; a reader loses the rest of it then. */
  private boolean asksForMore() {
    return writes()
        || (cell.row().fault != Fault.SLOW
            && cell.row().who == Who.CLIENT
            && cell.moment() == Moment.BEFORE_THE_LAST_BYTE);
  }

  Command.Running clientProcess() {
    return client.process();
  }

  /** Tells the client to come to its end as a client does. */
  void letClientGoOn() {
    client.tell("end");
  }

  /** Waits for the client's end, in whatever way. */
  void awaitClientEnd() {
    client.awaitReport();
  }

  void assertClientSucceeded() {
    client.awaitDone();
    assertThat(client.last().position()).isEqualTo(disk.size());
  }

  void assertClientFailed() {
    client.awaitFailure();
  }

  /** How far the client has come, where that is known. */
  long clientPosition(long otherwise) {
    client.assertMoved(disk);
    return client.last().position();
  }

  /** Another client, instead of one that was lost. */
  void replaceClient(long position) {
    client.close();
    startClient(position);
  }

  @Override
  public void close() {
    peer.close();
    if (client != null) {
      client.close();
    }
    stand.api().delete(name, true);
    Workspace.remove(path);
  }
}
