package dev.sluice.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Slow;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody can do who gets the data of an export by HTTP and keeps to no protocol. */
@Slow("Waits for the clocks of streams.")
@Timeout(120)
class HostileDownloadTest extends HostilePeers {

  @Test
  void aHeaderThatIsTooLongIsRefusedAndTakesNothing() throws Exception {
    create("write");
    Socket socket = attacker.sendWhatIsTaken(request("GET") + "X: " + "y".repeat(1 << 20));

    assertThat(Attacker.answer(socket)).matches("(?s)(HTTP/1.1 4.*)?");

    awaitPeers(0);
    assertNextIsServed("write");
  }

  @Test
  void aPeerThatSendsWithoutEndWhileItGetsTheDataHoldsNoPlace() throws Exception {
    create("write");
    Socket socket = attacker.send(request("GET") + "\r\n");
    awaitPeers(1);
    FutureTask<Void> flood = start(() -> flood(socket));

    assertToldThatItFailed(client("write"));

    awaitPeers(0);
    flood.get();
    assertNextIsToldWhyNot("write");
  }

  private static Void flood(Socket socket) throws IOException {
    byte[] much = new byte[1 << 20];
    try {
      while (true) {
        socket.getOutputStream().write(much);
      }
    } catch (SocketException closed) {
      return null;
    }
  }

  /** It has some of the data, or all and not the end, or the end and does not close properly. */
  @ParameterizedTest
  @ValueSource(ints = {1, 200_000, 299_999, 300_000})
  void aPeerThatIsResetWhileItGetsTheDataFailsTheStream(int count) throws Exception {
    create("write");
    Socket socket = attacker.send(request("GET") + "\r\n");
    awaitPeers(1);
    FutureTask<byte[]> client = client("write");
    InputStream in = socket.getInputStream();
    for (String head = ""; !head.endsWith("\r\n\r\n"); head += (char) in.read()) {}
    assertThat(in.readNBytes(count)).isEqualTo(Arrays.copyOf(DISK, count));

    reset(socket);

    assertToldThatItFailed(client);
    awaitPeers(0);
    assertThat(sluice.api().get(NAME).state()).isEqualTo("FAILED");
    assertNextIsToldWhyNot("write");
  }
}
