package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/** One write export with a peer that reads it: a client has to bring a disk through it. */
public final class WriteTrial implements AutoCloseable {

  private final Sluice sluice;
  private final Disk disk;
  private final ExportDocument export;
  private final ReadingPeer peer;

  private WriteTrial(Sluice sluice, Disk disk, ExportDocument export, ReadingPeer peer) {
    this.sluice = sluice;
    this.disk = disk;
    this.export = export;
    this.peer = peer;
  }

  /** A trial of the shared service with the disk's size declared. */
  public static WriteTrial of(Disk disk) {
    return of(OwnService.shared(), disk);
  }

  public static WriteTrial of(Sluice sluice, Disk disk) {
    return of(sluice, disk, Map.of());
  }

  /** A trial of the shared service whose request has these fields as well, or instead. */
  public static WriteTrial of(Disk disk, Map<String, ?> more) {
    return of(OwnService.shared(), disk, more);
  }

  /** A trial whose request has these fields as well, or instead. */
  public static WriteTrial of(Sluice sluice, Disk disk, Map<String, ?> more) {
    return at(sluice, Trials.newEndpoint(sluice, "write"), disk, disk.size(), more);
  }

  /** A trial whose export has no declared size. */
  public static WriteTrial withoutSize(Disk disk) {
    Sluice sluice = OwnService.shared();
    return at(sluice, Trials.newEndpoint(sluice, "write"), disk, null, Map.of());
  }

  /** A trial of the shared service with a FIFO at this path. */
  public static WriteTrial at(Path path, Disk disk) {
    return at(OwnService.shared(), path, disk, disk.size(), Map.of());
  }

  /** A trial whose peer listens on a Unix socket. */
  public static WriteTrial throughSocket(Disk disk) {
    Sluice sluice = OwnService.shared();
    Path path = Trials.newEndpoint(sluice, "write");
    ReadingPeer peer = SocketPeer.reading(path);
    return new WriteTrial(
        sluice, disk, Trials.export(sluice, path, "write", disk.size(), Map.of(), peer), peer);
  }

  private static WriteTrial at(
      Sluice sluice, Path path, Disk disk, Long size, Map<String, ?> more) {
    ExportDocument export = Trials.export(sluice, path, "write", size, more, () -> {});
    return new WriteTrial(sluice, disk, export, PipePeer.reading(path));
  }

  public ExportDocument export() {
    return export;
  }

  public ReadingPeer peer() {
    return peer;
  }

  public URI uri(Transport transport) {
    return transport.uri(export);
  }

  /** The export as it is now. */
  public ExportDocument now() {
    return sluice.api().get(export.name());
  }

  /** Changes fields of the export. */
  public void patch(Map<String, ?> fields) {
    sluice.api().patch(export.name(), fields);
  }

  /** Ends the export as complete, once its clients have left. */
  public void finish(String body) {
    sluice.api().await(export.name(), now -> now.clients() == 0);
    assertThat(sluice.api().finish(export.name(), body).state()).isEqualTo("COMPLETED");
  }

  public ExportDocument awaitState(String state) {
    return sluice.api().awaitState(export.name(), state);
  }

  /** The peer got the disk and saw its end, and the export says so. */
  public void assertComplete() {
    ExportDocument ended = Trials.assertCompleted(sluice, export, disk);
    assertThat(peer.sha256()).as("what the peer got; %s", ended).isEqualTo(disk.sha256());
    assertThat(peer.count()).isEqualTo(disk.size());
  }

  /**
   * Its clients have left and the disk is not whole: neither the peer nor the export says it is.
   */
  public ExportDocument assertIncomplete() {
    ExportDocument left = sluice.api().await(export.name(), now -> now.clients() == 0);
    assertThat(left.state()).as("state of %s", left).isIn("WAITING", "INTERRUPTED");
    assertThat(peer.hasEnded()).as("whether the reader saw an end").isFalse();
    return left;
  }

  @Override
  public void close() {
    Trials.end(sluice, export, peer);
  }
}
