package dev.sluice.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** A peer that reads to the end of its input: counts it and digests it. */
public final class ReadingPeer extends StreamPeer {

  private final Way<? extends ReadableByteChannel> way;
  private final Sha256 sum = new Sha256();

  private ReadingPeer(Way<? extends ReadableByteChannel> way) {
    super(way);
    this.way = way;
  }

  static ReadingPeer start(Way<? extends ReadableByteChannel> way) {
    ReadingPeer peer = new ReadingPeer(way);
    peer.start();
    return peer;
  }

  /** The digest of all that came, after its end. */
  public String sha256() {
    awaitEnd();
    return sum.hex();
  }

  @Override
  void run() throws IOException, InterruptedException {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (ReadableByteChannel in = opened(way)) {
      while (true) {
        int n = in.read(ByteBuffer.wrap(buffer, 0, allowance(BUFFER_BYTES)));
        if (n < 0) {
          return;
        }
        sum.update(buffer, n);
        moved(n);
      }
    }
  }
}
