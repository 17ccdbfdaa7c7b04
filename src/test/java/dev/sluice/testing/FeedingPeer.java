package dev.sluice.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/** A peer that writes a disk and closes its end. */
public final class FeedingPeer extends StreamPeer {

  private final Way<? extends WritableByteChannel> way;
  private final Disk disk;

  private FeedingPeer(Way<? extends WritableByteChannel> way, Disk disk) {
    super(way);
    this.way = way;
    this.disk = disk;
  }

  static FeedingPeer start(Way<? extends WritableByteChannel> way, Disk disk) {
    FeedingPeer peer = new FeedingPeer(way, disk);
    peer.start();
    return peer;
  }

  @Override
  void run() throws IOException, InterruptedException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    try (WritableByteChannel out = opened(way);
        FileChannel in = FileChannel.open(disk.path())) {
      while (count() < disk.size()) {
        buffer.clear().limit(allowance(BUFFER_BYTES));
        in.read(buffer, count());
        buffer.flip();
        while (buffer.hasRemaining()) {
          moved(out.write(buffer));
        }
      }
    }
  }
}
