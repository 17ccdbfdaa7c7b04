package dev.sluice.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.nbd.handshake.ReplyType;
import dev.sluice.nbd.transmission.NbdError;
import dev.sluice.nbd.transmission.Request;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client against a server made of the package under test: each checks the other. */
@Timeout(60)
class RawNbdClientTest {

  private static final int SIZE = 8 << 20;

  @AutoClose private FakeNbdServer server;

  @BeforeEach
  void startServer() throws IOException {
    server =
        new FakeNbdServer(
            ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
            SIZE);
  }

  @Test
  void whatIsWrittenIsReadBack() throws Exception {
    byte[] data = new byte[4 << 20]; // more than the socket's buffers hold
    Arrays.fill(data, (byte) 'x');
    try (RawNbdClient client = RawNbdClient.connect(server.address())) {
      assertThat(client.go("vm1")).isEqualTo(new RawNbdClient.Export(SIZE, FakeNbdServer.FLAGS));

      client.write(512, data);
      client.writeZeroes(512, 2, 0);
      client.trim(0, 512);
      client.flush();

      assertThat(client.read(510, 5)).containsExactly(0, 0, 0, 0, 'x');
      assertThat(client.read(1024, 3 << 20)).containsOnly('x');
      client.disconnect();
    }
    assertThat(server.failure()).isEmpty();
  }

  @Test
  void aUnixSocketServesAsWell(@TempDir Path folder) throws Exception {
    ServerSocketChannel listener =
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            .bind(UnixDomainSocketAddress.of(folder.resolve("nbd.sock")));
    try (FakeNbdServer unixServer = new FakeNbdServer(listener, SIZE);
        RawNbdClient client = RawNbdClient.connect(unixServer.address())) {
      client.go("vm1");
      client.write(0, (byte) 7);
      assertThat(client.read(0, 1)).containsExactly(7);
      client.abort();
      assertThat(unixServer.failure()).containsInstanceOf(EOFException.class);
    }
  }

  @Test
  void theOldWayInHasPaddingUnlessDeclined() throws Exception {
    try (RawNbdClient client = RawNbdClient.open(server.address(), Duration.ofSeconds(20))) {
      assertThat(client.receiveGreeting()).isEqualTo(3);
      client.sendClientFlags(1);
      assertThat(client.exportName("any"))
          .extracting(RawNbdClient.Export::size)
          .isEqualTo(8388608L);
      assertThat(client.read(0, 1)).containsExactly(0);
    }
  }

  @Test
  void anOptionHasRepliesUpToTheFinalOne() throws Exception {
    try (RawNbdClient client = RawNbdClient.connect(server.address())) {
      List<RawNbdClient.OptionAnswer> list = client.option(3);
      assertThat(list)
          .extracting(RawNbdClient.OptionAnswer::replyType)
          .containsExactly(ReplyType.SERVER, ReplyType.ACK);
      assertThat(list.getFirst().data()).containsExactly(0, 0, 0, 3, 'v', 'm', '1');
      assertThat(client.option(0x7fff_0000).getLast().replyType()).isEqualTo(ReplyType.ERR_UNSUP);
      assertThat(client.option(3, (byte) 0).getLast().text())
          .isEqualTo("option length: 1 (expected: 0)");
      assertThat(client.option(2)).hasSize(1);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aRefusedExportLeavesTheConnectionGood() throws Exception {
    try (RawNbdClient client = RawNbdClient.connect(server.address())) {
      assertThatExceptionOfType(OptionRefusedException.class)
          .isThrownBy(() -> client.go("vm2"))
          .withMessage("ERR_UNKNOWN: no such export");
      client.go("vm1");
    }
  }

  @Test
  void aRefusedRequestLeavesTheConnectionGood() throws Exception {
    try (RawNbdClient client = RawNbdClient.connect(server.address())) {
      client.go("vm1");
      assertThatExceptionOfType(NbdErrorException.class)
          .isThrownBy(() -> client.write(SIZE, new byte[512]))
          .satisfies(e -> assertThat(e.error()).isEqualTo(NbdError.ENOSPC));
      assertThat(client.read(0, 1)).containsExactly(0);
    }
  }

  @Test
  void requestsMayBePipelined() throws Exception {
    try (RawNbdClient client = RawNbdClient.connect(server.address())) {
      client.go("vm1");
      client.send(new Request(0, 1, 11, 0, 2), (byte) 'a', (byte) 'b');
      client.send(new Request(0, 99, 12, 0, 512));
      client.send(new Request(0, 0, 13, 0, 2));

      assertThat(client.receive()).isEqualTo(new RawNbdClient.Answer(0, 11));
      assertThat(client.receive()).isEqualTo(new RawNbdClient.Answer(22, 12));
      assertThat(client.receive()).isEqualTo(new RawNbdClient.Answer(0, 13));
      assertThat(client.receiveBytes(2)).containsExactly('a', 'b');
    }
  }

  @Test
  void rawBytesCanBreakTheProtocol() throws Exception {
    try (RawNbdClient client = RawNbdClient.connect(server.address())) {
      client.sendRaw(ByteBuffer.wrap("GET / HTTP/1.1\r\n".getBytes()));
      assertThat(client.isClosedByServer()).isTrue();
    }
    assertThat(server.failure()).containsInstanceOf(ProtocolException.class);
  }

  @Test
  void anAbortOverTcpIsAReset() throws Exception {
    try (RawNbdClient client = RawNbdClient.connect(server.address())) {
      client.go("vm1");
      client.abort();
    }
    assertThat(server.failure()).containsInstanceOf(SocketException.class);
  }

  @Test
  void aSilentServerIsNotAwaitedForEver() throws Exception {
    try (RawNbdClient client = RawNbdClient.open(server.address(), Duration.ofMillis(50))) {
      client.receiveGreeting();
      assertThatExceptionOfType(SocketTimeoutException.class)
          .isThrownBy(() -> client.receiveBytes(1));
    }
  }
}
