package dev.sluice.deploy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.nbd.transmission.Request;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one address does to a container's ports until it is closed: requests without an end and
 * silence on the API's, lists without an end, silence and replies that nobody reads on that of NBD.
 * Each kind is bounded, and comes again when it was refused.
 */
final class ImageAttack implements AutoCloseable {

  private static final int API_PORT = 8080;
  private static final int NBD_PORT = 10809;
  private static final int DEADLINE_MILLIS = 20_000;

  private static final int BODIES = 210;
  private static final int ROUNDS = 10;
  private static final int SILENT = 100;
  private static final int LISTERS = 32;
  private static final int LISTS = 8192;
  private static final int LIST = 3;

  private final String address;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();
  private final AtomicLong connections = new AtomicLong();
  private volatile boolean over;

  ImageAttack(String address) {
    this.address = address;
  }

  /** How many connections there have been. */
  long connections() {
    return connections.get();
  }

  /** Asks for a part of a read export, and reads nothing of it. */
  void leaveUnread(String export, int length) throws IOException {
    RawNbdClient client = RawNbdClient.connect(new InetSocketAddress(address, NBD_PORT));
    open.add(client);
    connections.incrementAndGet();
    client.go(export);
    client.send(new Request(0, 0, 1, 0, length));
  }

  /** Begins everything else. */
  void begin() {
    for (int i = 0; i < BODIES; i++) {
      again(ROUNDS, this::unfinishedBody);
    }
    for (int i = 0; i < SILENT; i++) {
      again(ROUNDS, () -> silence(API_PORT));
      again(ROUNDS, () -> silence(NBD_PORT));
    }
    for (int i = 0; i < LISTERS; i++) {
      again(ROUNDS, this::lists);
    }
  }

  private interface Round {
    void play() throws IOException;
  }

  private void again(int rounds, Round round) {
    threads.execute(
        () -> {
          for (int i = 0; i < rounds && !over; i++) {
            try {
              round.play();
            } catch (IOException refused) {
              // Then the next one.
            }
          }
        });
  }

  private Socket connect(int port) throws IOException {
    Socket socket = new Socket();
    open.add(socket);
    socket.setSoTimeout(DEADLINE_MILLIS);
    socket.connect(new InetSocketAddress(address, port), DEADLINE_MILLIS);
    connections.incrementAndGet();
    return socket;
  }

  private void unfinishedBody() throws IOException {
    try (Socket socket = connect(API_PORT)) {
      String request =
          "POST /exports HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Content-Length: 1000\r\n\r\n{";
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      skipAll(socket.getInputStream());
    }
  }

  private void silence(int port) throws IOException {
    try (Socket socket = connect(port)) {
      skipAll(socket.getInputStream());
    }
  }

  /** As many options as a handshake may have, sent while their answers are read. */
  private void lists() throws IOException {
    try (Socket socket = connect(NBD_PORT)) {
      new DataInputStream(socket.getInputStream()).readFully(new byte[18]);
      threads.execute(
          () -> {
            try {
              sendLists(socket.getOutputStream());
            } catch (IOException refused) {
              // The reader sees it, too.
            }
          });
      skipAll(socket.getInputStream());
    }
  }

  private void sendLists(OutputStream out) throws IOException {
    out.write(ByteBuffer.allocate(4).putInt(3).array());
    byte[] option =
        ByteBuffer.allocate(16).putLong(0x49484156454f5054L).putInt(LIST).putInt(0).array();
    for (int i = 0; i < LISTS && !over; i++) {
      out.write(option);
    }
  }

  private static void skipAll(InputStream in) throws IOException {
    byte[] bytes = new byte[16 << 10];
    while (in.read(bytes) >= 0) {}
  }

  @Override
  public void close() throws Exception {
    over = true;
    for (AutoCloseable connection : open) {
      connection.close();
    }
    threads.shutdown();
    threads.awaitTermination(1, TimeUnit.MINUTES);
  }
}
