package dev.sluice.posix;

import static dev.sluice.posix.Errnos.assertErrno;
import static dev.sluice.testing.FilePaths.at;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the rest of the code relies on of Linux's Unix stream sockets. */
@Timeout(20)
class UnixSocketsTest {

  private static final int O_NONBLOCK_CLOEXEC = 02004000;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  @AutoClose private final Arena arena = Arena.ofConfined();

  @TempDir private Path root;
  private Descriptor folder;

  @BeforeEach
  void openRoot() throws ErrnoException {
    folder = new Descriptor(PosixFiles.openPlace(at(root)));
  }

  @AfterEach
  void closeRoot() {
    folder.close();
  }

  private static Descriptor socket() throws ErrnoException {
    return new Descriptor(UnixSockets.create());
  }

  private Descriptor bind(Descriptor socket, String name, int mode) throws ErrnoException {
    return new Descriptor(
        UnixSockets.bind(socket.number(), folder.number(), name, FilePermissions.of(mode)));
  }

  private Descriptor listener(int backlog) throws ErrnoException {
    Descriptor listener = socket();
    bind(listener, "socket", 0600).close();
    UnixSockets.listen(listener.number(), backlog);
    return listener;
  }

  private boolean connect(Descriptor socket) throws ErrnoException {
    try (Descriptor place =
        new Descriptor(PosixFiles.openPlaceBeneath(folder.number(), "socket"))) {
      return UnixSockets.connect(socket.number(), place.number());
    }
  }

  private Descriptor connected() throws ErrnoException {
    Descriptor socket = socket();
    assertThat(connect(socket)).isTrue();
    return socket;
  }

  private static Descriptor accept(Descriptor listener) throws ErrnoException {
    int accepted = UnixSockets.accept(listener.number());
    assertThat(accepted).isNotNegative();
    return new Descriptor(accepted);
  }

  /** The two ends of one connection. */
  private record Connection(Descriptor near, Descriptor far) implements AutoCloseable {

    @Override
    public void close() {
      near.close();
      far.close();
    }
  }

  private Connection connection() throws Exception {
    try (Descriptor listener = listener(1)) {
      Descriptor far = connected();
      Files.delete(root.resolve("socket"));
      return new Connection(accept(listener), far);
    }
  }

  private long send(Descriptor socket, String text) throws ErrnoException {
    MemorySegment bytes = arena.allocateFrom(text, StandardCharsets.US_ASCII);
    return Posix.send(socket.number(), bytes.asSlice(0, text.length()), false);
  }

  private String read(Descriptor socket) throws ErrnoException {
    MemorySegment bytes = arena.allocate(100);
    long n = Posix.read(socket.number(), bytes);
    return n < 0
        ? "would block"
        : new String(bytes.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII);
  }

  private static int events(Descriptor descriptor, int events) throws ErrnoException {
    try (PollSet poll = new PollSet(1)) {
      poll.set(0, descriptor.number(), events);
      poll.await(0);
      return poll.events(0);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0600, 0660, 0666, 0622, 0777, 0400})
  void aSocketIsMadeWithItsMode(int mode) throws Exception {
    try (Descriptor socket = socket();
        Descriptor place = bind(socket, "socket", mode)) {
      assertThat(Files.getAttribute(root.resolve("socket"), "unix:mode")).isEqualTo(0140000 | mode);
      assertThat(PosixFiles.status(place.number()).inode())
          .isEqualTo(Files.getAttribute(root.resolve("socket"), "unix:ino"));
    }
  }

  @Test
  void nobodyConnectsToASocketThatDoesNotListenYet() throws Exception {
    try (Descriptor listener = socket();
        Descriptor early = socket()) {
      bind(listener, "socket", 0600).close();
      assertErrno(Errno.ECONNREFUSED, () -> connect(early));
      UnixSockets.listen(listener.number(), 1);
      assertThat(connect(early)).isTrue();
    }
  }

  @Test
  void aSocketIsNotMadeOverAnything() throws Exception {
    Files.writeString(root.resolve("file"), "precious");
    Files.createSymbolicLink(root.resolve("link"), Path.of("nothing"));
    try (Descriptor socket = socket()) {
      assertErrno(Errno.EADDRINUSE, () -> bind(socket, "file", 0600));
      assertErrno(Errno.EADDRINUSE, () -> bind(socket, "link", 0600));
      assertThat(root.resolve("file")).hasContent("precious");
      assertThat(root.resolve("nothing")).doesNotExist();
      bind(socket, "socket", 0600).close();
    }
  }

  @Test
  void aNameHasToFitIntoAnAddress() throws Exception {
    String longest = "x".repeat(UnixSockets.MAX_NAME_BYTES);
    try (Descriptor socket = socket()) {
      int room = 107 - (PosixFiles.pathOf(folder.number()) + "/").length();
      assertThat(room).isGreaterThan(UnixSockets.MAX_NAME_BYTES);
      assertErrno(Errno.ENAMETOOLONG, () -> bind(socket, "x".repeat(room + 1), 0600));
      assertThat(root).isEmptyDirectory();
      bind(socket, longest, 0600).close();
      assertThat(root.resolve(longest)).exists();
    }
    try (Descriptor socket = socket()) {
      String filling = "y".repeat(107 - (PosixFiles.pathOf(folder.number()) + "/").length());
      bind(socket, filling, 0600).close();
      assertThat(root.resolve(filling)).exists();
    }
  }

  @Test
  void whoConnectsIsAccepted() throws Exception {
    try (Descriptor listener = listener(1)) {
      assertThat(UnixSockets.accept(listener.number())).isEqualTo(Posix.WOULD_BLOCK);
      assertThat(events(listener, PollSet.READABLE)).isZero();
      try (Descriptor far = connected()) {
        assertThat(events(listener, PollSet.READABLE)).isEqualTo(PollSet.READABLE);
        try (Descriptor near = accept(listener)) {
          assertThat(events(listener, PollSet.READABLE)).isZero();
          assertThat(send(near, "bytes")).isEqualTo(5);
          assertThat(read(far)).isEqualTo("bytes");
        }
      }
    }
  }

  @Test
  void anAcceptedSocketDoesNotBlockAndIsNotInherited() throws Exception {
    try (Connection connection = connection()) {
      String flags =
          Files.readAllLines(Path.of("/proc/self/fdinfo/" + connection.near().number())).stream()
              .filter(line -> line.startsWith("flags:"))
              .map(line -> line.substring("flags:".length()).strip())
              .findAny()
              .orElseThrow();
      assertThat(Integer.parseInt(flags, 8) & O_NONBLOCK_CLOEXEC).isEqualTo(O_NONBLOCK_CLOEXEC);
      assertThat(read(connection.near())).isEqualTo("would block");
    }
  }

  @Test
  void oneMoreThanTheBacklogCanWait() throws Exception {
    try (Descriptor listener = listener(1);
        Descriptor one = connected();
        Descriptor two = connected();
        Descriptor three = socket()) {
      assertThat(connect(three)).isFalse();
      accept(listener).close();
      assertThat(connect(three)).isTrue();
      assertThat(read(one)).isEmpty();
      assertThat(read(two)).isEqualTo("would block");
    }
  }

  @Test
  void whoHasGoneIsAcceptedAllTheSame() throws Exception {
    try (Descriptor listener = listener(1)) {
      try (Descriptor far = connected()) {
        send(far, "bytes");
      }
      try (Descriptor near = accept(listener)) {
        assertThat(events(near, 0)).isEqualTo(PollSet.HANGUP);
        assertThat(read(near)).isEqualTo("bytes");
        assertThat(read(near)).isEmpty();
      }
    }
  }

  @Test
  void whoWaitsIsResetWhenNobodyListensAnyMore() throws Exception {
    try (Descriptor listener = listener(1);
        Descriptor far = connected();
        Descriptor late = socket()) {
      listener.close();
      assertErrno(Errno.ECONNRESET, () -> read(far));
      assertErrno(Errno.ECONNREFUSED, () -> connect(late));
    }
  }

  @Test
  void aSocketTellsWhatItsPeerHasNotRead() throws Exception {
    try (Connection connection = connection()) {
      Descriptor near = connection.near();
      Descriptor far = connection.far();
      assertThat(Posix.unreadSent(near.number())).isZero();
      assertThat(send(near, "bytes")).isEqualTo(5);
      assertThat(Posix.unreadSent(near.number())).isPositive();
      send(far, "other");
      assertThat(read(far)).isEqualTo("bytes");
      assertThat(Posix.unreadSent(near.number())).isZero();
      far.close();
      assertErrno(Errno.EPIPE, () -> send(near, "bytes"));
    }
  }

  @Test
  void aSocketThatItsPeerLeftWithBytesUnreadHasAnError() throws Exception {
    try (Connection left = connection();
        Connection read = connection()) {
      send(left.near(), "bytes");
      left.far().close();
      assertThat(Posix.unreadSent(left.near().number())).isZero();
      assertThat(events(left.near(), 0)).isEqualTo(PollSet.ERROR | PollSet.HANGUP);
      read.far().close();
      assertThat(events(read.near(), 0)).isEqualTo(PollSet.HANGUP);
    }
  }

  @Test
  void aSocketThatWasClosedWithBytesUnreadEndsInAResetBehindWhatItSent() throws Exception {
    try (Connection connection = connection()) {
      send(connection.far(), "!");
      send(connection.near(), "bytes");
      connection.near().close();
      assertErrno(Errno.EPIPE, () -> send(connection.far(), "more"));
      assertThat(read(connection.far())).isEqualTo("bytes");
      assertErrno(Errno.ECONNRESET, () -> read(connection.far()));
      assertThat(read(connection.far())).isEmpty();
    }
  }

  @Test
  void aSocketThatWasClosedWithNothingUnreadEndsWithoutAReset() throws Exception {
    try (Connection connection = connection()) {
      send(connection.far(), "!");
      assertThat(read(connection.near())).isEqualTo("!");
      send(connection.near(), "bytes");
      connection.near().close();
      assertThat(read(connection.far())).isEqualTo("bytes");
      assertThat(read(connection.far())).isEmpty();
      assertErrno(Errno.EPIPE, () -> send(connection.far(), "more"));
    }
  }

  @Test
  void aSocketThatWasShutDownGetsNothingMoreAndKeepsWhatItHad() throws Exception {
    try (Connection connection = connection()) {
      send(connection.far(), "some");
      send(connection.near(), "bytes");
      UnixSockets.shutDown(connection.near().number());
      assertErrno(Errno.EPIPE, () -> send(connection.far(), "more"));
      assertErrno(Errno.EPIPE, () -> send(connection.near(), "more"));
      assertThat(read(connection.far())).isEqualTo("bytes");
      assertThat(read(connection.far())).isEmpty();
      assertThat(read(connection.near())).isEqualTo("some");
      assertThat(read(connection.near())).isEmpty();
    }
  }
}
