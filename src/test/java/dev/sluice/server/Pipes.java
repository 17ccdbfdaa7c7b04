package dev.sluice.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
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
