package dev.sluice.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Peers: threads at the far end of a FIFO. */
final class Pipes {

  private Pipes() {}

  /** Reads a FIFO from its opening to its end. */
  static Reader read(Path fifo) {
    CompletableFuture<byte[]> bytes = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try (InputStream in = Files.newInputStream(fifo)) {
                bytes.complete(in.readAllBytes());
              } catch (IOException e) {
                bytes.completeExceptionally(e);
              }
            });
    return new Reader(bytes);
  }

  /** Writes bytes into a FIFO and closes it. */
  static void write(Path fifo, byte[] bytes) {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try (OutputStream out = Files.newOutputStream(fifo)) {
                out.write(bytes);
              } catch (IOException e) {
                // The server closed first, which the test is to find out elsewhere.
              }
            });
  }

  /**
   * Counts what comes out of a FIFO, of which every byte is to be zero. They may be gigabytes, so
   * they are compared where the system has put them.
   */
  static Counter count(Path fifo) {
    CompletableFuture<Long> zeroes = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              ByteBuffer part = ByteBuffer.allocateDirect(1 << 20);
              ByteBuffer zero = ByteBuffer.allocateDirect(1 << 20);
              try (FileChannel in = FileChannel.open(fifo)) {
                long count = 0;
                for (int n = in.read(part); n >= 0; n = in.read(part.clear())) {
                  if (part.flip().mismatch(zero.slice(0, n)) >= 0) {
                    throw new IOException("no zeroes near " + count);
                  }
                  count += n;
                }
                zeroes.complete(count);
              } catch (IOException e) {
                zeroes.completeExceptionally(e);
              }
            });
    return new Counter(zeroes);
  }

  /** A peer that gives when it is told to. */
  static Feeder feed(Path fifo) {
    BlockingQueue<byte[]> parts = new LinkedBlockingQueue<>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try (OutputStream out = Files.newOutputStream(fifo)) {
                for (byte[] part = parts.take(); part.length > 0; part = parts.take()) {
                  out.write(part);
                }
              } catch (IOException | InterruptedException e) {
                // The server closed first, which the test is to find out elsewhere.
              }
            });
    return new Feeder(parts);
  }

  /** Bytes for a FIFO, which is closed behind them. */
  record Feeder(BlockingQueue<byte[]> parts) implements AutoCloseable {

    void give(byte[] bytes) {
      parts.add(bytes);
    }

    @Override
    public void close() {
      parts.add(new byte[0]);
    }
  }

  /** How many zeroes came. */
  record Counter(CompletableFuture<Long> result) implements AutoCloseable {

    long zeroes() throws Exception {
      return result.get(100, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
      result.cancel(true);
    }
  }

  /** What a reader got. */
  record Reader(CompletableFuture<byte[]> result) implements AutoCloseable {

    byte[] bytes() throws Exception {
      return result.get(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
      result.cancel(true);
    }
  }
}
