package dev.sluice.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.nbd.handshake.ReplyType;
import dev.sluice.nbd.transmission.NbdError;
import dev.sluice.nbd.transmission.Request;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A small blocking NBD client for tests, over TCP or a Unix socket. It encodes and decodes by hand,
 * so that it checks the server's side independently, and it can misbehave. No call waits longer
 * than its timeout: then it throws a {@link java.net.SocketTimeoutException}. For one thread.
 */
public final class RawNbdClient implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final int NO_ZEROES = 2;
  private static final int MAX_OPTION = 128 * 1024;

  private final RawConnection connection;
  private int clientFlags;
  private long nextCookie = 1;

  /** One reply to an option, with its data. */
  public record OptionAnswer(int option, int type, byte[] data) {

    public boolean isError() {
      return type < 0;
    }

    /** Whether no further reply follows. */
    public boolean isFinal() {
      return isError() || type == 1;
    }

    public ReplyType replyType() {
      return ReplyType.of(type).orElseThrow();
    }

    public String text() {
      return new String(data, UTF_8);
    }
  }

  /** An export as negotiated: its size in bytes and its transmission flags. */
  public record Export(long size, int flags) {}

  /** The header of a simple reply; the payload of a successful read is still to be received. */
  public record Answer(int error, long cookie) {}

  private RawNbdClient(RawConnection connection) {
    this.connection = connection;
  }

  /** Connects, and shakes hands as far as the client flags: fixed newstyle without zeroes. */
  public static RawNbdClient connect(SocketAddress address) throws IOException {
    RawNbdClient client = open(address, TIMEOUT);
    try {
      client.receiveGreeting();
      client.sendClientFlags(3);
      return client;
    } catch (IOException e) {
      client.close();
      throw e;
    }
  }

  /** Connects without a word. */
  public static RawNbdClient open(SocketAddress address, Duration timeout) throws IOException {
    return new RawNbdClient(new RawConnection(address, timeout));
  }

  /** Receives the greeting and gives the handshake flags. */
  public int receiveGreeting() throws IOException {
    ByteBuffer greeting = connection.receive(18);
    expect(0x4e42444d41474943L, greeting.getLong(), "first magic");
    expect(0x49484156454f5054L, greeting.getLong(), "second magic");
    return Short.toUnsignedInt(greeting.getShort());
  }

  public void sendClientFlags(int flags) throws IOException {
    clientFlags = flags;
    connection.send(ByteBuffer.allocate(4).putInt(flags).flip());
  }

  /** Sends an option and receives its replies up to the final one, which may be an error. */
  public List<OptionAnswer> option(int code, byte... data) throws IOException {
    sendOption(code, data);
    List<OptionAnswer> answers = new ArrayList<>();
    do {
      answers.add(receiveOptionAnswer(code));
    } while (!answers.getLast().isFinal());
    return answers;
  }

  public void sendOption(int code, byte... data) throws IOException {
    connection.send(
        ByteBuffer.allocate(16 + data.length)
            .putLong(0x49484156454f5054L)
            .putInt(code)
            .putInt(data.length)
            .put(data)
            .flip());
  }

  /** Receives one reply to the option {@code code}. */
  public OptionAnswer receiveOptionAnswer(int code) throws IOException {
    ByteBuffer header = connection.receive(20);
    expect(0x3e889045565a9L, header.getLong(), "magic of an option reply");
    expect(code, header.getInt(), "option replied to");
    int type = header.getInt();
    return new OptionAnswer(code, type, receiveBytes(header.getInt()));
  }

  /** Data of {@code NBD_OPT_INFO} or {@code NBD_OPT_GO}. */
  public static byte[] infoData(String name, int... requests) {
    byte[] bytes = name.getBytes(UTF_8);
    ByteBuffer data = ByteBuffer.allocate(6 + bytes.length + 2 * requests.length);
    data.putInt(bytes.length).put(bytes).putShort((short) requests.length);
    for (int request : requests) {
      data.putShort((short) request);
    }
    return data.array();
  }

  /**
   * Enters transmission on an export, asking for its block sizes.
   *
   * @throws OptionRefusedException if the server answers with an error
   */
  public Export go(String name) throws IOException {
    Export export = null;
    for (OptionAnswer answer : option(7, infoData(name, 3))) {
      if (answer.isError()) {
        throw new OptionRefusedException(answer);
      }
      ByteBuffer data = ByteBuffer.wrap(answer.data());
      if (answer.type() == 3 && data.getShort() == 0) {
        export = new Export(data.getLong(), Short.toUnsignedInt(data.getShort()));
      }
    }
    if (export == null) {
      throw new IOException("the server accepted GO without telling the size");
    }
    return export;
  }

  /** Enters transmission in the old way; a server that refuses hangs up. */
  public Export exportName(String name) throws IOException {
    sendOption(1, name.getBytes(UTF_8));
    ByteBuffer reply = connection.receive((clientFlags & NO_ZEROES) == 0 ? 134 : 10);
    Export export = new Export(reply.getLong(), Short.toUnsignedInt(reply.getShort()));
    while (reply.hasRemaining()) {
      expect(0, reply.get(), "padding");
    }
    return export;
  }

  public byte[] read(long offset, int length) throws IOException {
    call(0, 0, offset, length);
    return receiveBytes(length);
  }

  public void write(long offset, byte... data) throws IOException {
    call(0, 1, offset, data.length, data);
  }

  public void flush() throws IOException {
    call(0, 3, 0, 0);
  }

  public void trim(long offset, int length) throws IOException {
    call(0, 4, offset, length);
  }

  public void writeZeroes(long offset, int length, int flags) throws IOException {
    call(flags, 6, offset, length);
  }

  private void call(int flags, int type, long offset, int length, byte... payload)
      throws IOException {
    long cookie = nextCookie++;
    send(new Request(flags, type, cookie, offset, length), payload);
    Answer answer = receive();
    expect(cookie, answer.cookie(), "cookie");
    if (answer.error() != 0) {
      throw new NbdErrorException(NbdError.of(answer.error()).orElseThrow());
    }
  }

  /** Sends a request as it is, with a payload that need not match it, and awaits no reply. */
  public void send(Request request, byte... payload) throws IOException {
    connection.send(encode(request, payload));
  }

  /** A request's bytes, compact or extended as it says. */
  public static ByteBuffer encode(Request request, byte... payload) {
    ByteBuffer bytes =
        ByteBuffer.allocate(32 + payload.length)
            .putInt(request.extended() ? 0x21e41c71 : 0x25609513)
            .putShort((short) request.flags())
            .putShort((short) request.type())
            .putLong(request.cookie())
            .putLong(request.offset());
    if (request.extended()) {
      bytes.putLong(request.length());
    } else {
      bytes.putInt((int) request.length());
    }
    return bytes.put(payload).flip();
  }

  /**
   * Agrees on structured replies (8) or extended headers (11).
   *
   * @throws OptionRefusedException if the server does not
   */
  public void agreeOn(int option) throws IOException {
    OptionAnswer answer = option(option).getLast();
    if (answer.isError()) {
      throw new OptionRefusedException(answer);
    }
  }

  /** Data of {@code NBD_OPT_LIST_META_CONTEXT} or {@code NBD_OPT_SET_META_CONTEXT}. */
  public static byte[] contextData(String export, String... queries) {
    byte[] name = export.getBytes(UTF_8);
    ByteBuffer data = ByteBuffer.allocate(MAX_OPTION);
    data.putInt(name.length).put(name).putInt(queries.length);
    for (String query : queries) {
      byte[] bytes = query.getBytes(UTF_8);
      data.putInt(bytes.length).put(bytes);
    }
    return Arrays.copyOf(data.array(), data.position());
  }

  /** Selects metadata contexts and gives the names of those that the server selected. */
  public List<String> setContexts(String export, String... queries) throws IOException {
    List<String> names = new ArrayList<>();
    for (OptionAnswer answer : option(10, contextData(export, queries))) {
      if (answer.isError()) {
        throw new OptionRefusedException(answer);
      }
      if (!answer.isFinal()) {
        names.add(new String(answer.data(), 4, answer.data().length - 4, UTF_8));
      }
    }
    return names;
  }

  /** Sends a request and receives its reply, where chunks were agreed on. */
  public RawReply request(Request request, byte... payload) throws IOException {
    send(request, payload);
    return receiveReply();
  }

  /** Receives a whole reply, where chunks were agreed on: to a read it may not be simple. */
  public RawReply receiveReply() throws IOException {
    List<RawChunk> chunks = new ArrayList<>();
    do {
      int magic = connection.receive(4).getInt();
      if (magic == 0x67446698 && chunks.isEmpty()) {
        ByteBuffer rest = connection.receive(12);
        int error = rest.getInt();
        return new RawReply(rest.getLong(), List.of(), error);
      }
      boolean extended = magic == 0x6e8a278c;
      expect(extended ? 0x6e8a278c : 0x668e33ef, magic, "magic of a chunk");
      chunks.add(RawChunk.receive(connection, extended));
      expect(chunks.getFirst().cookie(), chunks.getLast().cookie(), "cookie of a chunk");
    } while (!chunks.getLast().isLast());
    return new RawReply(chunks.getFirst().cookie(), chunks, 0);
  }

  /** Receives the header of the next simple reply. */
  public Answer receive() throws IOException {
    ByteBuffer reply = connection.receive(16);
    expect(0x67446698, reply.getInt(), "magic of a simple reply");
    return new Answer(reply.getInt(), reply.getLong());
  }

  /** Receives exactly {@code length} bytes of whatever comes: the payload of a read. */
  public byte[] receiveBytes(int length) throws IOException {
    return connection.receive(length).array();
  }

  /** Receives whatever comes until the server closes. */
  public byte[] receiveToEnd() throws IOException {
    return connection.receiveToEnd();
  }

  /** Sends bytes as they are. */
  public void sendRaw(ByteBuffer bytes) throws IOException {
    connection.send(bytes);
  }

  /** Says that nothing more will be sent; replies can still be received. */
  public void shutdownOutput() throws IOException {
    connection.shutdownOutput();
  }

  /** Waits for the server's next move: true if it closed or reset, false if it sent a byte. */
  public boolean isClosedByServer() throws IOException {
    return connection.isClosedByServer();
  }

  /**
   * Sends DISC and closes, as qemu does. Receive all replies first: over TCP, closing with some
   * unread resets the connection. To see the server close, send the request alone.
   */
  public void disconnect() throws IOException {
    send(new Request(0, 2, nextCookie++, 0, 0));
    close();
  }

  /** Vanishes: with a reset over TCP, by closing over a Unix socket. */
  public void abort() throws IOException {
    connection.abort();
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }

  private static void expect(long expected, long actual, String what) throws IOException {
    if (actual != expected) {
      throw new IOException("%s: 0x%x (expected: 0x%x)".formatted(what, actual, expected));
    }
  }
}
