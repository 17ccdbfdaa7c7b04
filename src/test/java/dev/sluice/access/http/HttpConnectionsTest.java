package dev.sluice.access.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.access.http.HttpConnections.Beyond;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpConnectionsTest {

  private static final InetAddress KUBELET = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress FLOOD = InetAddress.ofLiteral("192.0.2.2");
  private static final InetAddress OTHER = InetAddress.ofLiteral("192.0.2.3");

  private final List<SocketChannel> opened = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (SocketChannel connection : opened) {
      connection.close();
    }
  }

  private SocketChannel accepted() throws IOException {
    SocketChannel connection = SocketChannel.open();
    opened.add(connection);
    return connection;
  }

  private static HttpConnections connections(int most, int mostOfAddress) {
    return new HttpConnections(most, mostOfAddress, Beyond.CLOSE_THE_OLDEST, "a rule", () -> {});
  }

  @Test
  void aFloodDisplacesItsOwnAndNoProbe() throws IOException {
    HttpConnections connections = connections(4, 3);
    connections.enter(accepted(), KUBELET);
    SocketChannel first = accepted();
    connections.enter(first, FLOOD);
    connections.enter(accepted(), FLOOD);
    connections.enter(accepted(), FLOOD);

    assertThat(connections.enter(accepted(), OTHER).displaced()).contains(first);

    assertThat(connections.count()).isEqualTo(4);
    assertThat(connections.countOfBusiestAddress()).isEqualTo(2);
  }
}
