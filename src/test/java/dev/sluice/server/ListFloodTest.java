package dev.sluice.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.stream.Direction;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One address asks for lists of exports, over and over, on as many connections as it may have. */
@Slow("Floods a service with many exports.")
@Timeout(240)
class ListFloodTest {

  private static final int EXPORTS = 1000;
  private static final int ATTACKERS = 200;
  private static final int NEWCOMERS = 20;
  private static final Duration SERVED_WITHIN = Duration.ofSeconds(10);

  /** One more than there may be by default, so that the server closes. */
  private static final int LISTS = 8193;

  @ParameterizedTest
  @ValueSource(ints = {0, 50})
  void newcomersAreServedWhateverOthersAskFor(int listed) throws Exception {
    try (RunningServer server =
            RunningServer.start(
                "sluice.exports.max=" + (EXPORTS + 1),
                "sluice.nbd.max-connections-per-export=" + (NEWCOMERS + 1));
        ExecutorService attackers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < EXPORTS; i++) {
        String name = "export-%d".formatted(i);
        if (i < listed) {
          server.listedExport(name, Direction.WRITE, 4096);
        } else {
          server.export(name, Direction.WRITE, 4096);
        }
      }
      server.export("wanted", Direction.WRITE, 4096);
      AtomicBoolean enough = new AtomicBoolean();
      AtomicInteger begun = new AtomicInteger();
      for (int i = 0; i < ATTACKERS; i++) {
        attackers.execute(() -> attack((InetSocketAddress) server.tcp(), begun, enough));
      }
      try {
        await().atMost(Duration.ofMinutes(1)).until(() -> begun.get() >= ATTACKERS);
        for (int i = 0; i < NEWCOMERS; i++) {
          assertTimeoutPreemptively(SERVED_WITHIN, () -> beServed(server));
        }
      } finally {
        enough.set(true);
      }
    }
  }

  private static void beServed(RunningServer server) throws IOException {
    try (RawNbdClient newcomer = server.connect()) {
      assertThat(newcomer.go("wanted").size()).isEqualTo(4096);
      newcomer.disconnect();
    }
  }

  /** Comes again each time that the server has closed the connection. */
  private static void attack(InetSocketAddress server, AtomicInteger begun, AtomicBoolean enough) {
    while (!enough.get()) {
      try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.INET)) {
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), 0));
        socket.connect(server);
        Thread asking = Thread.startVirtualThread(() -> ask(socket));
        begun.incrementAndGet();
        ByteBuffer answers = ByteBuffer.allocate(1 << 16);
        while (!enough.get() && socket.read(answers.clear()) >= 0) {
          // As fast as they come.
        }
        socket.close();
        asking.join();
      } catch (IOException e) {
        // It comes again.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static void ask(SocketChannel socket) {
    ByteBuffer options = ByteBuffer.allocate(4 + LISTS * 16).putInt(3);
    for (int i = 0; i < LISTS; i++) {
      options.put("IHAVEOPT".getBytes(US_ASCII)).putInt(Conformance.LIST).putInt(0);
    }
    options.flip();
    try {
      while (options.hasRemaining()) {
        socket.write(options);
      }
    } catch (IOException e) {
      // The server has closed the connection.
    }
  }
}
