package dev.sluice.access;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Opens connections to an HTTP port of this machine and keeps them, each from an address of it. */
final class Attacker implements AutoCloseable {

  /** How long something is waited for that has to come at once. */
  private static final int DEADLINE_MILLIS = 20_000;

  private final int port;
  private final List<Socket> sockets = new ArrayList<>();

  /** One of the service that has this resource. */
  Attacker(URI resource) {
    port = resource.getPort();
  }

  /** A connection from 127.0.0.{@code host}. */
  Socket connect(int host) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.setSoTimeout(DEADLINE_MILLIS);
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0." + host), 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), DEADLINE_MILLIS);
    return socket;
  }

  Socket send(String text) throws IOException {
    Socket socket = connect(1);
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  /** The same for what may be refused, and the connection reset, before all of it was sent. */
  Socket sendWhatIsTaken(String text) throws IOException {
    Socket socket = connect(1);
    try {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    } catch (SocketException refused) {
      return socket;
    }
    return socket;
  }

  /** A POST of an export whose body does not come whole; the headers end with a line break each. */
  Socket post(String headers, String beginOfBody) throws IOException {
    return send(
        "POST /exports HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n%s\r\n%s"
            .formatted(headers, beginOfBody));
  }

  /** What the service sends until it closes the connection, which it has to. */
  static String answer(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder answer = new StringBuilder();
    try {
      for (int b = in.read(); b >= 0; b = in.read()) {
        answer.append((char) b);
      }
    } catch (SocketException reset) {
      return answer.toString();
    }
    return answer.toString();
  }

  /** How many connections the service has not closed. */
  long held() throws IOException {
    long held = 0;
    for (Socket socket : sockets) {
      socket.setSoTimeout(1);
      try {
        while (socket.getInputStream().read() >= 0) {}
      } catch (java.net.SocketTimeoutException open) {
        held++;
      } catch (SocketException reset) {
        // closed
      }
    }
    return held;
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
