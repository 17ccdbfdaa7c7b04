package dev.sluice.posix;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads Linux's table of TCP connections ({@code /proc/net/tcp} and {@code tcp6}, proc_net_tcp).
 * Java can tell that the far end has sent its last byte, but not what that has acknowledged.
 */
public final class TcpTable {

  /** The tables of IPv6 and IPv4. Java's connections over IPv4 can be in the former as well. */
  private static final List<Path> TABLES =
      List.of(Path.of("/proc/self/net/tcp6"), Path.of("/proc/self/net/tcp"));

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  /** Neither end has closed its side. */
  private static final int ESTABLISHED = 1;

  /** The far end has closed its side, and this one has not. */
  private static final int CLOSE_WAIT = 8;

  private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

  /**
   * Attempts to find a connection, because a line that moves while the table is read can be missed.
   */
  private static final int LOOKS = 3;

  private TcpTable() {}

  /**
   * A TCP connection.
   *
   * @param state as in Linux's {@code tcp_states.h}
   * @param unacknowledged bytes that the far end's system has not acknowledged
   * @param inode the inode of this end's socket; 0 once no process has it
   */
  public record Connection(int state, long unacknowledged, long inode) {

    /** Returns whether the far end can still send something. */
    public boolean isOpen() {
      return state == ESTABLISHED;
    }

    /**
     * Returns whether the far end closed its side after its system had acknowledged everything. A
     * program that closes a connection before it has read everything causes a reset instead.
     */
    public boolean isClosedWithEverything() {
      return state == CLOSE_WAIT && unacknowledged == 0;
    }
  }

  /**
   * Finds a connection; empty if there is none, as after a reset.
   *
   * @throws IOException if the table cannot be read
   */
  public static Optional<Connection> find(InetSocketAddress local, InetSocketAddress remote)
      throws IOException {
    for (int look = 0; look < LOOKS; look++) {
      for (Path table : TABLES) {
        Optional<Connection> found = find(table, local, remote);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Returns whether the far end of a connection can still send something; true if the table cannot
   * be read.
   */
  public static boolean isOpen(InetSocketAddress local, InetSocketAddress remote) {
    try {
      return find(local, remote).map(Connection::isOpen).orElse(false);
    } catch (IOException e) {
      return true;
    }
  }

  /**
   * Duplicates the descriptor of a connection of this process, which Java does not expose; empty if
   * it is not found. The connection lasts as long as one of the two is open.
   *
   * @throws IOException if the table cannot be read
   */
  public static Optional<Descriptor> duplicate(InetSocketAddress local, InetSocketAddress remote)
      throws IOException {
    Optional<Connection> found = find(local, remote);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Path socket = Path.of("socket:[%d]".formatted(found.get().inode()));
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
      for (Path descriptor : descriptors) {
        if (leadsTo(descriptor, socket)) {
          Descriptor second =
              new Descriptor(
                  Posix.duplicate(Integer.parseInt(descriptor.getFileName().toString())));
          if (leadsTo(Path.of(PosixFiles.pathOf(second.number())), socket)) {
            return Optional.of(second);
          }
          second.close(); // the number belonged to another file by then
        }
      }
    }
    return Optional.empty();
  }

  private static boolean leadsTo(Path descriptor, Path socket) {
    try {
      return Files.readSymbolicLink(descriptor).equals(socket);
    } catch (IOException closed) {
      return false;
    }
  }

  private static Optional<Connection> find(
      Path table, InetSocketAddress local, InetSocketAddress remote) throws IOException {
    boolean six = table.endsWith("tcp6");
    if (!Files.exists(table) || (!six && (!isFour(local) || !isFour(remote)))) {
      return Optional.empty();
    }
    String wanted = " %s %s ".formatted(word(local, six), word(remote, six));
    try (Stream<String> lines = Files.lines(table)) {
      return lines.filter(line -> line.contains(wanted)).findFirst().map(TcpTable::parse);
    }
  }

  /** Parses a line such as {@code 3: 0100007F:1F90 0100007F:C350 08 00000000:00000000 …}. */
  private static Connection parse(String line) {
    List<String> words = List.of(line.strip().split("\\s+", -1));
    String queued = words.get(4);
    return new Connection(
        Integer.parseInt(words.get(3), 16),
        Long.parseLong(queued.substring(0, queued.indexOf(':')), 16),
        Long.parseLong(words.get(9)));
  }

  private static boolean isFour(InetSocketAddress address) {
    return address.getAddress().getAddress().length == 4;
  }

  /**
   * Returns an address in the table's format: every four bytes as a number in native byte order.
   */
  static String word(InetSocketAddress address, boolean six) {
    byte[] bytes = bytes(address.getAddress(), six);
    ByteBuffer numbers = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    StringBuilder word = new StringBuilder();
    while (numbers.hasRemaining()) {
      word.append("%08X".formatted(numbers.getInt()));
    }
    return word.append(":%04X".formatted(address.getPort())).toString();
  }

  private static byte[] bytes(InetAddress address, boolean six) {
    byte[] bytes = address.getAddress();
    return bytes.length == 4 && six
        ? ByteBuffer.allocate(16).put(MAPPED).put(bytes).array()
        : bytes;
  }
}
