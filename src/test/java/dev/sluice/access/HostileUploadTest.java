package dev.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.Slow;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody can do who puts the data of an export by HTTP and keeps to no protocol. */
@Slow("Waits for the clocks of streams.")
@Timeout(120)
class HostileUploadTest extends HostilePeers {

  /** A byte at a time, each before Tomcat's clock has run out, until the other side ends. */
  private static void drip(Socket socket) throws Exception {
    OutputStream out = socket.getOutputStream();
    try {
      while (true) {
        out.write('x');
        Thread.sleep(100);
      }
    } catch (SocketException closed) {
      // which is what it waits for
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"5;", "5\r\nhello\r\n5;", "5\r\nhello\r\n0\r\nX: "})
  void aByteNowAndThenThatMovesNothingHoldsNoPlace(String body) throws Exception {
    create("read");
    Socket socket = attacker.send(request("PUT") + CHUNKED + body);
    awaitPeers(1);
    FutureTask<byte[]> client = client("read");
    FutureTask<Void> dripping =
        start(
            () -> {
              drip(socket);
              return null;
            });

    assertToldThatItFailed(client);

    awaitPeers(0);
    dripping.get();
    assertThat(sluice.api().get(NAME).state()).isEqualTo("FAILED");
    assertNextIsToldWhyNot("read");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zz\r\n",
        "-1\r\n",
        "FFFFFFFFF\r\n",
        "5\r\nhello0\r\n",
        "\r\n",
        "0x5\r\nhello\r\n"
      })
  void aBodyInWrongChunksFailsTheStreamAndThePeerIsToldThat(String body) throws Exception {
    create("read");
    Socket socket = attacker.send(request("PUT") + CHUNKED + body);
    awaitPeers(1);

    assertToldThatItFailed(client("read"));

    assertThat(Attacker.answer(socket))
        .startsWith("HTTP/1.1 409")
        .contains("FAILED, the peer's body has wrong chunks after ");
    assertNextIsToldWhyNot("read");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "PUT /exports/web/da",
        "PUT /exports/web/data HTTP/1.1\r\nHost: localhost\r\nContent-Le",
        "PUT /exports/web/data HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300000\r\n\r\n",
        "PUT /exports/web/data HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
      })
  void aPeerThatIsResetBeforeTheStreamIsReplaced(String sent) throws Exception {
    create("read");
    Socket socket = attacker.send(sent);
    if (sent.contains("\r\n\r\n")) {
      awaitPeers(1);
    }

    reset(socket);

    awaitPeers(0);
    assertNextIsServed("read");
  }

  @ParameterizedTest
  @ValueSource(strings = {"5\r\nhel", "5\r\nhello\r\n5", "5\r\nhello\r\n"})
  void aPeerThatIsResetWithinItsBodyFailsTheStreamAndItsClient(String body) throws Exception {
    create("read");
    Socket socket = attacker.send(request("PUT") + CHUNKED + body);
    awaitPeers(1);
    FutureTask<byte[]> client =
        start(
            () -> {
              try (RawNbdClient reader = sluice.connect()) {
                reader.go(NAME);
                reader.read(0, 1);
                return reader.read(1, DISK.length - 1);
              }
            });
    sluice.api().await(NAME, export -> export.position() > 0);

    reset(socket);

    assertToldThatItFailed(client);
    awaitPeers(0);
    assertThat(sluice.api().get(NAME).failure()).contains("body was cut off after");
    assertNextIsToldWhyNot("read");
  }

  /** The client has every byte, and nobody knows that there were to be no more. */
  @ParameterizedTest
  @ValueSource(strings = {"", "\r\n", "\r\n0\r\n"})
  void aPeerThatIsResetBeforeTheEndOfItsBodyHasNotPutItAll(String end) throws Exception {
    create("read");
    Socket socket = attacker.send(request("PUT") + CHUNKED);
    socket.getOutputStream().write("%x\r\n".formatted(DISK.length).getBytes());
    socket.getOutputStream().write(DISK);
    socket.getOutputStream().write(end.getBytes());
    awaitPeers(1);
    FutureTask<byte[]> client = client("read");
    sluice.api().await(NAME, export -> export.position() == DISK.length);

    reset(socket);

    assertThat(client.get()).isEqualTo(DISK);
    awaitPeers(0);
    assertThat(sluice.api().awaitState(NAME, "FAILED").failure()).contains("cut off after 300000");
  }

  @Test
  void aPeerThatIsResetWhenAllIsPutHasPutItAll() throws Exception {
    create("read");
    Socket socket = attacker.send(request("PUT") + "Content-Length: 300000\r\n\r\n");
    socket.getOutputStream().write(DISK);
    awaitPeers(1);
    try (RawNbdClient reader = sluice.connect()) {
      reader.go(NAME);
      assertThat(reader.read(0, DISK.length)).isEqualTo(DISK);

      reset(socket);

      reader.disconnect();
    }
    awaitPeers(0);
    assertThat(sluice.api().awaitState(NAME, "COMPLETED").position()).isEqualTo(DISK.length);
  }

  @Test
  void whatFollowsTheBodyIsNoPartOfIt() throws Exception {
    create("read");
    Socket socket = attacker.send(request("PUT") + "Content-Length: 300000\r\n\r\n");
    socket.getOutputStream().write(DISK);
    socket.getOutputStream().write(request("PUT").getBytes());
    awaitPeers(1);

    assertThat(client("read").get()).isEqualTo(DISK);

    assertThat(Attacker.answer(socket)).startsWith("HTTP/1.1 200").containsOnlyOnce("HTTP/1.1");
    assertThat(sluice.api().awaitState(NAME, "COMPLETED").position()).isEqualTo(DISK.length);
  }
}
