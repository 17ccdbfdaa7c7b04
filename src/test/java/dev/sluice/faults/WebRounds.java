package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.Disk;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.ExportsApi;
import dev.sluice.testing.OwnService;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** As {@link Rounds}, with peers that come by HTTP. */
final class WebRounds {

  private static final Disk DISK = Rounds.DISK;
  private static final int SIZE = (int) DISK.size();
  private static final int HALF = SIZE / 2;
  private static final String LENGTH = "Content-Length: %d\r\n".formatted(SIZE);
  private static final int REFUSED_WITHIN_MILLIS = 1_000;
  private static final int PEER_TIMEOUT_MILLIS = 60_000;
  private static final AtomicInteger MADE = new AtomicInteger();

  private interface Play {
    void play(Peer peer, RawNbdClient client) throws IOException;
  }

  static final List<Rounds.Round> ALL =
      List.of(
          round("write", WebRounds::everythingIsWritten),
          round("read", WebRounds::everythingIsRead),
          round("write", WebRounds::aWriterIsLost),
          round("read", WebRounds::aReaderIsLost),
          round("write", WebRounds::aSinkIsLost),
          round("read", WebRounds::aSourceIsLost),
          round("read", WebRounds::aSourceSendsNoChunks),
          round("write", WebRounds::anExportIsDeleted),
          round("read", WebRounds::anExportIsDeleted),
          round("write", WebRounds::aSinkLeavesBeforeTheStream),
          round("read", WebRounds::aSourceLeavesBeforeTheStream),
          round("write", WebRounds::nothingIsTaken),
          round("write", WebRounds::whatWasTakenIsConfirmed));

  private WebRounds() {}

  private static void everythingIsWritten(Peer peer, RawNbdClient client) throws IOException {
    peer.send("GET", "", "");
    writeEverything(peer, client);
  }

  private static void writeEverything(Peer peer, RawNbdClient client) throws IOException {
    client.send(Rounds.request(1, 0, SIZE), Rounds.part(0, SIZE));
    assertThat(peer.body(SIZE)).isEqualTo(Rounds.part(0, SIZE));
    peer.leave();
    assertThat(client.receive().error()).isZero();
    client.disconnect();
    peer.awaitState("COMPLETED");
  }

  private static void everythingIsRead(Peer peer, RawNbdClient client) throws IOException {
    peer.send("PUT", "", LENGTH);
    readEverything(peer, client);
  }

  private static void readEverything(Peer peer, RawNbdClient client) throws IOException {
    peer.put(Rounds.part(0, SIZE));
    assertThat(client.read(0, SIZE)).isEqualTo(Rounds.part(0, SIZE));
    client.disconnect();
    assertThat(peer.status()).isEqualTo(200);
    peer.awaitState("COMPLETED");
  }

  private static void aWriterIsLost(Peer peer, RawNbdClient client) throws IOException {
    peer.send("GET", "", "");
    client.write(0, Rounds.part(0, HALF));
    client.send(Rounds.request(1, HALF, HALF), Rounds.part(HALF, 10));
    client.abort();
    peer.awaitState("INTERRUPTED");
  }

  private static void aReaderIsLost(Peer peer, RawNbdClient client) throws IOException {
    peer.send("PUT", "", LENGTH);
    peer.put(Rounds.part(0, SIZE));
    assertThat(client.read(0, HALF)).isEqualTo(Rounds.part(0, HALF));
    client.send(Rounds.request(0, HALF, HALF));
    client.abort();
    peer.awaitState("INTERRUPTED");
  }

  private static void aSinkIsLost(Peer peer, RawNbdClient client) throws IOException {
    peer.send("GET", "", "");
    client.write(0, Rounds.part(0, HALF));
    peer.body(10);
    peer.reset();
    peer.awaitState("FAILED");
    assertThatThrownBy(() -> client.write(HALF, Rounds.part(HALF, SIZE - HALF)));
  }

  private static void aSourceIsLost(Peer peer, RawNbdClient client) throws IOException {
    peer.send("PUT", "", LENGTH);
    peer.put(Rounds.part(0, HALF));
    assertThat(client.read(0, HALF)).isEqualTo(Rounds.part(0, HALF));
    peer.reset();
    assertThatThrownBy(() -> client.read(HALF, SIZE - HALF));
    peer.awaitState("FAILED");
  }

  private static void aSourceSendsNoChunks(Peer peer, RawNbdClient client) throws IOException {
    peer.send("PUT", "", "Transfer-Encoding: chunked\r\n");
    peer.put("no chunk".getBytes(StandardCharsets.US_ASCII));
    assertThatThrownBy(() -> client.read(0, SIZE));
    assertThat(peer.status()).isEqualTo(409);
    peer.awaitState("FAILED");
  }

  private static void anExportIsDeleted(Peer peer, RawNbdClient client) throws IOException {
    if (peer.export().direction().equals("write")) {
      peer.send("GET", "", "");
      client.send(Rounds.request(1, 0, SIZE), Rounds.part(0, SIZE));
      peer.body(10);
    } else {
      peer.send("PUT", "", LENGTH);
      peer.put(Rounds.part(0, HALF));
      client.send(Rounds.request(0, 0, SIZE));
    }
    assertThat(peer.delete()).isEqualTo(204);
    assertThat(client.receiveToEnd()).isNotEmpty();
  }

  private static void aSinkLeavesBeforeTheStream(Peer peer, RawNbdClient client)
      throws IOException {
    peer.send("GET", "", "");
    peer.reset();
    peer.comeInstead("GET", "");
    writeEverything(peer, client);
  }

  private static void aSourceLeavesBeforeTheStream(Peer peer, RawNbdClient client)
      throws IOException {
    peer.send("PUT", "", LENGTH);
    peer.reset();
    peer.comeInstead("PUT", LENGTH);
    readEverything(peer, client);
  }

  private static void nothingIsTaken(Peer peer, RawNbdClient client) throws IOException {
    peer.send("GET", "?confirm=perhaps", "");
    assertThat(peer.status()).isEqualTo(400);
    client.close();
    assertThat(peer.export().state()).isEqualTo("WAITING");
  }

  private static void whatWasTakenIsConfirmed(Peer peer, RawNbdClient client) throws IOException {
    peer.send("GET", "?confirm", "");
    client.send(Rounds.request(1, 0, SIZE), Rounds.part(0, SIZE));
    assertThat(peer.body(SIZE)).isEqualTo(Rounds.part(0, SIZE));
    String body = "{\"bytes\": %d}".formatted(SIZE);
    await()
        .until(
            () -> {
              peer.comeAgain();
              peer.send(
                  "POST",
                  "/confirm",
                  "Content-Type: application/json\r\nContent-Length: %d\r\n"
                      .formatted(body.length()));
              peer.put(body.getBytes(StandardCharsets.US_ASCII));
              return peer.status() == 200;
            });
    assertThat(client.receive().error()).isZero();
    client.disconnect();
  }

  private static Rounds.Round round(String direction, Play play) {
    return transport -> {
      try (Peer peer = new Peer("web-" + MADE.incrementAndGet(), direction);
          RawNbdClient client = Rounds.connect(transport.uri(peer.export()))) {
        client.go(peer.name);
        play.play(peer, client);
      }
    };
  }

  /** An export and its peer, on a connection or one after another. */
  private static final class Peer implements AutoCloseable {

    private final ExportsApi api = OwnService.shared().api();
    private final String name;
    private Socket socket;
    private boolean answered;

    private Peer(String name, String direction) throws IOException {
      this.name = name;
      api.createForHttp(name, direction, (long) SIZE, Map.of());
      comeAgain();
    }

    private void comeAgain() throws IOException {
      if (socket != null) {
        socket.close();
      }
      socket = new Socket(InetAddress.getLoopbackAddress(), api.resolve("/").getPort());
      socket.setSoTimeout(PEER_TIMEOUT_MILLIS);
      answered = false;
    }

    /** Comes again, until it is not refused because the service takes it for a second one. */
    private void comeInstead(String method, String fields) throws IOException {
      while (true) {
        comeAgain();
        send(method, "", fields);
        socket.setSoTimeout(REFUSED_WITHIN_MILLIS);
        try {
          assertThat(status()).isEqualTo(409);
        } catch (SocketTimeoutException accepted) {
          socket.setSoTimeout(PEER_TIMEOUT_MILLIS);
          return;
        }
      }
    }

    private ExportDocument export() {
      return api.get(name);
    }

    private void awaitState(String state) {
      api.awaitState(name, state);
    }

    private int delete() {
      return api.delete(name, true);
    }

    private void send(String method, String more, String fields) throws IOException {
      put(
          "%s /exports/%s/data%s HTTP/1.1\r\nHost: localhost\r\n%s\r\n"
              .formatted(method, name, more, fields)
              .getBytes(StandardCharsets.US_ASCII));
    }

    private void put(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
    }

    /** The status of the answer, of which the body follows. */
    private int status() throws IOException {
      InputStream in = socket.getInputStream();
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int b = in.read();
        if (b < 0) {
          throw new EOFException("no answer after " + head);
        }
        head.append((char) b);
      }
      answered = true;
      return Integer.parseInt(head.substring(9, 12));
    }

    private byte[] body(int count) throws IOException {
      if (!answered) {
        assertThat(status()).isEqualTo(200);
      }
      byte[] body = socket.getInputStream().readNBytes(count);
      assertThat(body).hasSize(count);
      return body;
    }

    private void leave() throws IOException {
      socket.close();
    }

    private void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    @Override
    public void close() throws IOException {
      delete();
      socket.close();
    }
  }
}
