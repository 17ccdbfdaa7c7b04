package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.stream.Direction;
import dev.sluice.testing.Pki;
import dev.sluice.testing.Slow;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that send what costs TLS work, and no data, while another one streams. */
@Slow("Floods a server.")
@ParameterizedClass
@ValueSource(strings = {"jdk", "openssl"})
@Timeout(120)
class TlsFloodTest {

  private static final int ATTACKERS = 10;

  /** No server that counts lets as many through. */
  private static final int RECORDS = 20_000;

  private static final int PIECE = 65_536;
  private static final int PIECES = 64;

  private static RunningServer server;
  private static SSLContext trusting;

  /** The provider of TLS is what the server of all its tests is started with. */
  TlsFloodTest(@SuppressWarnings("unused") String provider) {}

  @BeforeParameterizedClassInvocation
  static void start(String provider) throws Exception {
    Pki pki = new Pki("Sluice tests");
    Path files = Workspace.newFolder("server");
    var certificate = pki.server();
    Pki.writeServer(files, certificate, pki);
    trusting = Pki.trusting(certificate);
    server =
        RunningServer.start(
            Stream.concat(
                    Pki.properties(files, "allow", "none").stream(),
                    Stream.of("sluice.nbd.tls.provider=" + provider))
                .toArray(String[]::new));
    server.export("attacked", Direction.WRITE, 4096);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    server.close();
  }

  /** What a client sends over and over. */
  enum Flood {
    RENEWED_KEYS("TLSv1.3", RecordSender::renew),
    RENEGOTIATION("TLSv1.2", RecordSender::renew);

    private final String version;
    private final Step step;

    Flood(String version, Step step) {
      this.version = version;
      this.step = step;
    }

    interface Step {
      void by(RecordSender client) throws IOException;
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoFloodsTheHandshakeIsCutOffAndAStreamGoesOn(Flood flood) throws Exception {
    assertCutOff(flood, RecordSender::list);
  }

  @ParameterizedTest
  @EnumSource
  void whoFloodsASessionIsCutOffAndAStreamGoesOn(Flood flood) throws Exception {
    assertCutOff(flood, client -> client.go("attacked"));
  }

  private static void assertCutOff(Flood flood, Flood.Step first) throws Exception {
    byte[] disk = new byte[PIECE * PIECES];
    new Random(7).nextBytes(disk);
    server.export("streaming", Direction.WRITE, disk.length);
    try (Pipes.Reader reader = Pipes.read(server.path("streaming"));
        RawNbdClient streaming = server.connect();
        ExecutorService attackers = Executors.newFixedThreadPool(ATTACKERS)) {
      streaming.go("streaming");
      var cutOff =
          IntStream.range(0, ATTACKERS)
              .<Future<Boolean>>mapToObj(_ -> attackers.submit(isCutOff(flood, first)))
              .toList();

      for (int at = 0; at < disk.length; at += PIECE) {
        streaming.write(at, Arrays.copyOfRange(disk, at, at + PIECE));
      }

      for (Future<Boolean> attacker : cutOff) {
        assertThat(attacker.get()).isTrue();
      }
      assertThat(reader.bytes()).isEqualTo(disk);
      await().until(() -> server.nbd().connectionCount() == 1);
    } finally {
      server.exports().delete("streaming", true);
    }
    await().until(() -> server.nbd().sessionCount() == 0);
    assertThat(server.nbd().handshakeCount()).isZero();
  }

  private static Callable<Boolean> isCutOff(Flood flood, Flood.Step first) {
    return () -> {
      try (RecordSender client =
          new RecordSender((InetSocketAddress) server.tcp(), trusting, flood.version)) {
        first.by(client);
        try {
          for (int i = 0; i < RECORDS; i++) {
            flood.step.by(client);
          }
        } catch (IOException e) {
          // The server has closed the connection.
        }
        return client.isClosed();
      }
    };
  }
}
