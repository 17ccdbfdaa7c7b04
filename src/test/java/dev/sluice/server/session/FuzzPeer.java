package dev.sluice.server.session;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;

/**
 * The far end of one stream after the other, at one Unix socket: gives what it is told to, and
 * takes what comes. Connections are accepted in the order in which they were made, so that one of
 * our own behind the stream's tells that there is no more of it.
 */
final class FuzzPeer implements AutoCloseable {

  private static final byte[] MARK =
      "no more of this stream".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

  private final UnixDomainSocketAddress address;
  private final ServerSocketChannel listener;
  private final SynchronousQueue<byte[]> results = new SynchronousQueue<>();
  private volatile byte[] given = {};

  FuzzPeer(Path path) throws IOException {
    address = UnixDomainSocketAddress.of(path);
    listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
    Thread.ofPlatform().daemon().name("fuzz-peer").start(this::run);
  }

  /** A stream begins, whose peer gives this. */
  void expect(byte[] source) {
    given = source;
  }

  /** What came out of the stream, which has ended. */
  byte[] received() throws IOException, InterruptedException {
    try (SocketChannel own = SocketChannel.open(address)) {
      own.write(ByteBuffer.wrap(MARK));
      own.shutdownOutput();
      byte[] result = results.poll(60, TimeUnit.SECONDS);
      if (result == null) {
        throw new IOException("the stream has ended, but its endpoint is open");
      }
      return result;
    }
  }

  private void run() {
    byte[] last = {};
    try {
      while (true) {
        byte[] came = serve();
        if (Arrays.equals(came, MARK)) {
          results.put(last);
          last = new byte[0];
        } else {
          last = came;
        }
      }
    } catch (ClosedChannelException e) {
      // The tests are over.
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private byte[] serve() throws IOException {
    ByteArrayOutputStream came = new ByteArrayOutputStream();
    try (SocketChannel channel = listener.accept()) {
      if (given.length > 0) {
        try {
          ByteBuffer rest = ByteBuffer.wrap(given);
          while (rest.hasRemaining()) {
            channel.write(rest);
          }
          channel.shutdownOutput();
        } catch (ClosedChannelException e) {
          throw e;
        } catch (IOException e) {
          // The stream has ended before.
        }
      }
      ByteBuffer part = ByteBuffer.allocate(1 << 16);
      try {
        while (channel.read(part.clear()) >= 0) {
          came.write(part.array(), 0, part.position());
        }
      } catch (IOException e) {
        // What was given was not read to its end.
      }
    }
    return came.toByteArray();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
