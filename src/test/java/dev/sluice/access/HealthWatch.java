package dev.sluice.access;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A probe that asks again and again, on a new connection each time as a kubelet does, until it is
 * closed: every answer has to come, and in time for a probe that is patient.
 */
final class HealthWatch implements AutoCloseable {

  /** Far more than an answer takes, for machines that are busy with other tests. */
  private static final int DEADLINE_MILLIS = 20_000;

  private static final Logger log = LoggerFactory.getLogger(HealthWatch.class);

  private final URI probe;
  private final CompletableFuture<Void> begun = new CompletableFuture<>();
  private final CompletableFuture<Void> asking;
  private volatile boolean closing;

  /** For the thread that asks, and after its end, as those below. */
  private int answers;

  private int displaced;
  private long slowestNanos;

  /** Asks from now on. */
  HealthWatch(URI probe) {
    this.probe = probe;
    asking = CompletableFuture.runAsync(this::ask, task -> new Thread(task, "probe").start());
    begun.join();
  }

  private void ask() {
    try {
      do {
        long start = System.nanoTime();
        String answer = answer(start + DEADLINE_MILLIS * 1_000_000L);
        assertThat(answer).startsWith("HTTP/1.1 200");
        slowestNanos = Math.max(slowestNanos, System.nanoTime() - start);
        answers++;
        begun.complete(null);
      } while (!closing);
    } catch (IOException | AssertionError e) {
      begun.complete(null);
      throw new AssertionError("probe %d was not answered".formatted(answers + 1), e);
    }
  }

  /** Tries again if its connection was closed for a newer one, as kubelets do. */
  private String answer(long deadline) throws IOException {
    while (true) {
      String answer = "";
      try (Socket socket = new Socket()) {
        socket.setSoTimeout(DEADLINE_MILLIS);
        socket.connect(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), probe.getPort()),
            DEADLINE_MILLIS);
        String request = "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n";
        socket.getOutputStream().write(request.formatted(probe.getPath()).getBytes(US_ASCII));
        answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);
      } catch (SocketTimeoutException e) {
        throw e;
      } catch (IOException e) {
        if (System.nanoTime() >= deadline) {
          throw e;
        }
      }
      if (!answer.isEmpty() || System.nanoTime() >= deadline) {
        return answer;
      }
      displaced++;
    }
  }

  @Override
  public void close() {
    closing = true;
    asking.join();
    log.info(
        "{} probes, each answered within {} ms, {} at another try",
        answers,
        slowestNanos / 1_000_000,
        displaced);
  }
}
