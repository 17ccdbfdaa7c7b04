package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.export.Export;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.nbd.handshake.ReplyType;
import dev.sluice.posix.NativeBuffer;
import dev.sluice.stream.Direction;
import dev.sluice.stream.window.WindowMemory;
import dev.sluice.testing.Pki;
import dev.sluice.testing.Slow;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many clients that ask for as much as they may and read nothing of it, half of them in TLS. */
@Slow("Fills the buffers of many clients.")
@Timeout(180)
class UnreadRepliesTest {

  private static final int MIB = 1 << 20;

  /** The longest read. */
  private static final int MOST = 32 * MIB;

  private static final int EXPORTS = 14;

  /** What TLS has for a client, as the chart's limit counts it, and the head of its export. */
  private static final long OF_ONE = (307 + 64) * 1024;

  private static final byte[] DISK = new byte[MOST + MIB];

  private static RunningServer server;
  private static SSLContext trusting;

  private final long before = NativeBuffer.bytesInUse();
  private final List<AutoCloseable> clients = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    Pki pki = new Pki("Sluice tests");
    Path files = Workspace.newFolder("server");
    var certificate = pki.server();
    Pki.writeServer(files, certificate, pki);
    trusting = SSLContext.getInstance("TLS");
    trusting.init(null, new TrustManager[] {certificate.toTrustManager()}, null);
    Stream<String> properties =
        Stream.concat(
            Pki.properties(files, "allow", "none").stream(),
            Stream.of(
                "sluice.exports.reorder-window=1MB",
                "sluice.exports.window-memory=128MB",
                "sluice.exports.resume-timeout=1s"));
    server = RunningServer.start(properties.toArray(String[]::new));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void leaveNothing() throws Exception {
    for (AutoCloseable client : clients) {
      client.close();
    }
    server.exports().list().forEach(export -> server.exports().delete(export.name(), true));
    await().untilAsserted(() -> assertThat(NativeBuffer.bytesInUse()).isLessThanOrEqualTo(before));
  }

  private void askForMuch(long size) throws IOException {
    for (int i = 0; i < EXPORTS; i++) {
      String name = "unread-%d-%d".formatted(size, i);
      server.export(name, Direction.READ, size);
      Pipes.write(server.path(name), DISK);
      clients.add(i % 2 == 0 ? plain(name) : encrypted(name));
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> server.exports().list().stream().allMatch(UnreadRepliesTest::isStuck));
  }

  private static boolean isStuck(Export export) {
    String waitingFor = String.valueOf(export.stream().status().waitingFor());
    return waitingFor.equals("the client to take a reply")
        || waitingFor.startsWith("window memory");
  }

  private static AutoCloseable plain(String export) throws IOException {
    RawNbdClient client = server.connect();
    client.go(export);
    client.sendRaw(ByteBuffer.wrap(request()));
    return client;
  }

  private static AutoCloseable encrypted(String export) throws IOException {
    TlsClient client = new TlsClient((InetSocketAddress) server.tcp(), 3);
    assertThat(client.ask(Conformance.STARTTLS)).isEqualTo(ReplyType.ACK);
    client.encrypt(trusting);
    client.send(Conformance.GO, RawNbdClient.infoData(export));
    client.receive(20 + 12 + 20); // the export's information, and the acknowledgement
    client.sendRaw(request());
    return client::vanish;
  }

  private static byte[] request() {
    return ByteBuffer.allocate(28).putInt(0x25609513).putInt(24, MOST).array();
  }

  private void hangUp() throws Exception {
    for (AutoCloseable client : clients) {
      client.close();
    }
    clients.clear();
    await().until(() -> server.nbd().sessionCount() == 0);
  }

  private long taken() {
    return NativeBuffer.bytesInUse() - before;
  }

  @Test
  void withASizeTheyTakeNoMoreThanTheirSessions() throws Exception {
    askForMuch(DISK.length);
    assertThat(taken()).isLessThanOrEqualTo(EXPORTS * OF_ONE);

    hangUp();

    assertThat(taken()).isLessThanOrEqualTo(EXPORTS * 64 * 1024L);
  }

  /** Those for whom there is no more wait for it. */
  @Test
  void withoutASizeTheyHaveTheWindowMemoryAndNoMore() throws Exception {
    WindowMemory memory = server.bean("windowMemory", WindowMemory.class);
    askForMuch(0);
    assertThat(memory.used()).isGreaterThan(64L * MIB).isLessThanOrEqualTo(memory.limit());
    assertThat(taken()).isLessThan(memory.limit() + EXPORTS * OF_ONE);

    hangUp();

    await().untilAsserted(() -> assertThat(taken()).isLessThanOrEqualTo(EXPORTS * 64 * 1024L));
  }
}
