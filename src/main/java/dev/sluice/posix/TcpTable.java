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
 * What Linux knows of this process's TCP connections (proc_net_tcp, {@code /proc/net/tcp} and
 * {@code tcp6}). Java can tell that the far end has sent its last byte, but not what it has taken.
 */
public final class TcpTable {

  /** Of IPv4 and IPv6; Java's connections over IPv4 are in the latter, too. */
  private static final List<Path> TABLES =
      List.of(Path.of("/proc/self/net/tcp6"), Path.of("/proc/self/net/tcp"));

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  /** Neither end has sent its last byte. */
  private static final int ESTABLISHED = 1;

  /** The far end has sent its last byte, and this one has not. */
  private static final int CLOSE_WAIT = 8;

  private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

  /** A line that moves while the table is read can be missed. */
  private static final int LOOKS = 3;

  private TcpTable() {}

  /**
   * A connection.
   *
   * @param state as in Linux's {@code tcp_states.h}
   * @param unacknowledged how many bytes the far end's system has not acknowledged
   * @param inode of this end's socket; 0 once no process has it
   */
  public record Connection(int state, long unacknowledged, long inode) {

    /** Whether the far end can still send something. */
    public boolean isOpen() {
      return state == ESTABLISHED;
    }

    /**
     * Whether the far end closed its side after its system had acknowledged everything. A program
     * that closes a connection before it has read all that came causes a reset instead.
     */
    public boolean isClosedWithEverything() {
      return state == CLOSE_WAIT && unacknowledged == 0;
    }
  }

  /**
   * Looks for a connection; there is none after a reset.
   *
   * @throws IOException when Linux does not tell
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

  /** Whether a connection's far end can still send something; it can where Linux does not tell. */
  public static boolean isOpen(InetSocketAddress local, InetSocketAddress remote) {
    try {
      return find(local, remote).map(Connection::isOpen).orElse(false);
    } catch (IOException e) {
      return true;
    }
  }

  /**
   * A second descriptor for a connection that this process has, whose first one Java keeps to
   * itself; empty where it is not found. The connection lasts as long as one of the two is open.
   *
   * @throws IOException when Linux does not tell
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
          second.close(); // another file had got the number by then
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

  /** For example {@code 3: 0100007F:1F90 0100007F:C350 08 00000000:00000000 …}. */
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

  /** An address as it is there: each four bytes as a number of this machine. */
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
