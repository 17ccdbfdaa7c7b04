package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/** One read export with a peer that feeds it a disk: a client has to make a file of it. */
public final class ReadTrial implements AutoCloseable {

  private static final int SECTOR = 512;

  private final Sluice sluice;
  private final Disk disk;
  private final ExportDocument export;
  private final FeedingPeer peer;
  private final Path copy = Workspace.newPath("copy");

  private ReadTrial(Sluice sluice, Disk disk, ExportDocument export, FeedingPeer peer) {
    this.sluice = sluice;
    this.disk = disk;
    this.export = export;
    this.peer = peer;
  }

  /** A trial of the shared service with the disk's size declared. */
  public static ReadTrial of(Disk disk) {
    return of(OwnService.shared(), disk);
  }

  public static ReadTrial of(Sluice sluice, Disk disk) {
    return of(sluice, disk, Map.of());
  }

  /** A trial of the shared service whose request has these fields as well, or instead. */
  public static ReadTrial of(Disk disk, Map<String, ?> more) {
    return of(OwnService.shared(), disk, more);
  }

  /** A trial whose request has these fields as well, or instead. */
  public static ReadTrial of(Sluice sluice, Disk disk, Map<String, ?> more) {
    return at(sluice, Trials.newEndpoint(sluice, "read"), disk, disk.size(), more);
  }

  /** A trial whose export has no declared size. */
  public static ReadTrial withoutSize(Disk disk) {
    Sluice sluice = OwnService.shared();
    return at(sluice, Trials.newEndpoint(sluice, "read"), disk, null, Map.of());
  }

  /** A trial of the shared service with a FIFO at this path. */
  public static ReadTrial at(Path path, Disk disk) {
    return at(OwnService.shared(), path, disk, disk.size(), Map.of());
  }

  /** A trial whose peer listens on a Unix socket. */
  public static ReadTrial throughSocket(Disk disk) {
    Sluice sluice = OwnService.shared();
    Path path = Trials.newEndpoint(sluice, "read");
    FeedingPeer peer = SocketPeer.feeding(path, disk);
    return new ReadTrial(
        sluice, disk, Trials.export(sluice, path, "read", disk.size(), Map.of(), peer), peer);
  }

  private static ReadTrial at(Sluice sluice, Path path, Disk disk, Long size, Map<String, ?> more) {
    ExportDocument export = Trials.export(sluice, path, "read", size, more, () -> {});
    return new ReadTrial(sluice, disk, export, PipePeer.feeding(path, disk));
  }

  public ExportDocument export() {
    return export;
  }

  public FeedingPeer peer() {
    return peer;
  }

  public URI uri(Transport transport) {
    return transport.uri(export);
  }

  /** The file that the client has to make. */
  public Path copy() {
    return copy;
  }

  /** The export as it is now. */
  public ExportDocument now() {
    return sluice.api().get(export.name());
  }

  /** Ends the export as complete, once its clients have left. */
  public void finish(String body) {
    sluice.api().await(export.name(), now -> now.clients() == 0);
    assertThat(sluice.api().finish(export.name(), body).state()).isEqualTo("COMPLETED");
  }

  /** Waits until all clients have left; returns what the export has come to. */
  public ExportDocument awaitLeft() {
    return sluice.api().await(export.name(), now -> now.clients() == 0);
  }

  public ExportDocument awaitState(String state) {
    return sluice.api().awaitState(export.name(), state);
  }

  /** The client's file is the disk, rounded up to a sector, and the export says so. */
  public void assertComplete() {
    assertCompleted();
    long whole = (disk.size() + SECTOR - 1) / SECTOR * SECTOR;
    assertThat(copy).hasSize(whole);
    assertThat(padding()).as("the last sector's padding").containsOnly(0);
    assertThat(Sha256.of(copy, 0, disk.size())).isEqualTo(disk.sha256());
  }

  /** The client's file is the disk and not a byte more, and the export says so. */
  public void assertCompleteWithoutPadding() {
    assertCompleted();
    assertThat(copy).hasSize(disk.size());
    assertThat(Sha256.of(copy)).isEqualTo(disk.sha256());
  }

  /** The peer could write everything, and the export says that it was handed on. */
  public void assertCompleted() {
    Trials.assertCompleted(sluice, export, disk);
    peer.awaitEnd();
    assertThat(peer.count()).isEqualTo(disk.size());
  }

  private byte[] padding() {
    try (RandomAccessFile file = new RandomAccessFile(copy.toFile(), "r")) {
      byte[] padding = new byte[(int) (file.length() - disk.size()) + 1];
      file.seek(disk.size());
      file.readFully(padding, 0, padding.length - 1); // one zero more, so that there is one
      return padding;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    Trials.end(sluice, export, peer);
    Workspace.remove(copy);
  }
}
