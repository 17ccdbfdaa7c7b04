package dev.sluice.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.nbd.handshake.ReplyType;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A client in the handshake that can start TLS when it likes, or only say so. */
final class TlsClient implements AutoCloseable {

  private static final long IHAVEOPT = 0x49484156454f5054L;

  private final InetSocketAddress address;
  private final Socket connection;
  private Socket socket;
  private DataInputStream in;
  private DataOutputStream out;

  TlsClient(InetSocketAddress address, int flags) throws IOException {
    this(new Socket(address.getAddress(), address.getPort()), address, flags);
  }

  /** A client that connects from an address of its own. */
  TlsClient(InetSocketAddress address, InetAddress from, int flags) throws IOException {
    this(new Socket(address.getAddress(), address.getPort(), from, 0), address, flags);
  }

  private TlsClient(Socket socket, InetSocketAddress address, int flags) throws IOException {
    this.address = address;
    this.connection = socket;
    use(socket);
    in.skipNBytes(18);
    out.writeInt(flags);
  }

  private void use(Socket other) throws IOException {
    socket = other;
    socket.setSoTimeout(20_000);
    in = new DataInputStream(other.getInputStream());
    out = new DataOutputStream(other.getOutputStream());
  }

  void send(int option, byte... data) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(16 + data.length);
    out.write(bytes.putLong(IHAVEOPT).putInt(option).putInt(data.length).put(data).array());
  }

  void sendRaw(byte... bytes) throws IOException {
    out.write(bytes);
  }

  /** Sends an option, and gives the type of the last reply to it. */
  ReplyType ask(int option, byte... data) throws IOException {
    return replies(option, data).getLast().type();
  }

  /** Sends an option, and gives the replies to it. */
  List<Reply> replies(int option, byte... data) throws IOException {
    send(option, data);
    List<Reply> replies = new ArrayList<>();
    ReplyType type;
    do {
      in.skipNBytes(12);
      type = ReplyType.of(in.readInt()).orElseThrow();
      replies.add(new Reply(type, new String(receive(in.readInt()), UTF_8)));
    } while (!type.isError() && type != ReplyType.ACK);
    return replies;
  }

  /** A reply to an option, and its data as text. */
  record Reply(ReplyType type, String text) {}

  /** Shakes hands in TLS, after STARTTLS was acknowledged. */
  void encrypt(SSLContext context, String... versions) throws IOException {
    SSLSocket encrypted =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(socket, address.getHostString(), address.getPort(), false);
    if (versions.length > 0) {
      encrypted.setEnabledProtocols(versions);
    }
    encrypted.startHandshake();
    use(encrypted);
  }

  /** What comes until the server ends the connection. */
  byte[] rest() throws IOException {
    return in.readNBytes(1 << 16);
  }

  byte[] receive(int count) throws IOException {
    byte[] bytes = new byte[count];
    in.readFully(bytes);
    return bytes;
  }

  /** Whether the server ends the connection, saying no more in NBD. */
  boolean isClosed() {
    try {
      return in.read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** Ends the connection without a word in TLS. */
  void vanish() throws IOException {
    connection.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
