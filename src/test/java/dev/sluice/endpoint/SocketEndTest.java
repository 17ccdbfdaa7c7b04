package dev.sluice.endpoint;

import static dev.sluice.endpoint.Texts.read;
import static dev.sluice.endpoint.Texts.write;
import static dev.sluice.testing.FilePaths.all;
import static dev.sluice.testing.FilePaths.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import dev.sluice.endpoint.Endpoint.Flow;
import dev.sluice.posix.Errno;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.LeakCheck;
import dev.sluice.posix.NativeThreads;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** How a socket's peer can tell a stream that ended from one that was aborted. */
@ParameterizedClass
@EnumSource
@Timeout(20)
class SocketEndTest {

  enum Listener {
    THE_PEER,
    THE_ENDPOINT
  }

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private final Listener listener;
  @TempDir private Path root;
  private Path path;
  private EndpointRoots roots;
  private EndpointFactory factory;

  SocketEndTest(Listener listener) {
    this.listener = listener;
  }

  @BeforeEach
  void makeFactory() throws IOException {
    path = root.resolve("socket");
    roots = EndpointRoots.open(all(root));
    factory = new EndpointFactory(roots, 0600, null);
  }

  @AfterEach
  void closeRoots() {
    roots.close();
  }

  /** An open endpoint and its peer. */
  private record Pair(Endpoint endpoint, SocketChannel peer) implements AutoCloseable {

    @Override
    public void close() throws IOException {
      endpoint.close();
      peer.close();
    }
  }

  private Pair connected(Flow flow) throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
    Pair pair;
    if (listener == Listener.THE_ENDPOINT) {
      Endpoint endpoint = factory.listen(at(path), flow);
      pair = new Pair(endpoint, SocketChannel.open(address));
      assertThat(endpoint.tryOpen()).isTrue();
    } else {
      try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        server.bind(address);
        Endpoint endpoint = factory.claim(at(path), flow);
        assertThat(endpoint.arrivalDescriptor()).isNegative();
        assertThat(endpoint.tryOpen()).isTrue();
        pair = new Pair(endpoint, server.accept());
      }
    }
    return pair;
  }

  private static void assertReset(SocketChannel peer) {
    assertThatExceptionOfType(SocketException.class)
        .isThrownBy(() -> read(peer))
        .withMessageContaining("reset");
  }

  private static void assertCannotWrite(SocketChannel peer) {
    assertThatIOException()
        .isThrownBy(() -> write(peer, "more"))
        .withMessageContaining("Broken pipe");
  }

  /** Writes as much as can be sent and not read. */
  private static void fill(SocketChannel peer) throws IOException {
    peer.configureBlocking(false);
    ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 20);
    while (peer.write(bytes) > 0) {
      bytes.clear();
    }
    peer.configureBlocking(true);
  }

  @Test
  void aPeerThatSentAByteIsToldOfAnAbortedStreamByAReset() throws IOException {
    try (Pair pair = connected(Flow.TO_PEER)) {
      write(pair.peer(), "!");
      write(pair.endpoint(), "bytes");
      pair.endpoint().close();
      assertThat(read(pair.peer())).isEqualTo("bytes");
      assertReset(pair.peer());
    }
  }

  @Test
  void aPeerThatSendsItsByteTooLateIsToldByAnErrorThen() throws IOException {
    try (Pair pair = connected(Flow.TO_PEER)) {
      pair.endpoint().close();
      assertCannotWrite(pair.peer());
    }
  }

  @Test
  void aPeerThatSentAByteReadsACompleteStreamToItsEnd() throws IOException {
    try (Pair pair = connected(Flow.TO_PEER)) {
      write(pair.peer(), "!");
      write(pair.endpoint(), "bytes");
      pair.endpoint().end();
      assertThat(read(pair.peer())).isEqualTo("bytes");
      assertThat(read(pair.peer())).isEmpty();
      pair.endpoint().close();
      assertThat(read(pair.peer())).isEmpty();
    }
  }

  @Test
  void aPeerThatSentAByteReadsACompleteStreamToItsEndAfterItsClose() throws IOException {
    try (Pair pair = connected(Flow.TO_PEER)) {
      write(pair.peer(), "!");
      write(pair.endpoint(), "bytes");
      pair.endpoint().end();
      pair.endpoint().close();
      pair.endpoint().close();
      assertThat(read(pair.peer())).isEqualTo("bytes");
      assertThat(read(pair.peer())).isEmpty();
    }
  }

  @Test
  void howeverMuchAPeerSentACompleteStreamIsNoResetForIt() throws IOException {
    try (Pair pair = connected(Flow.TO_PEER)) {
      fill(pair.peer());
      pair.endpoint().end();
      pair.endpoint().close();
      assertThat(read(pair.peer())).isEmpty();
    }
  }

  @Test
  void aPeerThatSendsAfterTheEndGetsAnErrorThereButReadsNoReset() throws IOException {
    try (Pair pair = connected(Flow.TO_PEER)) {
      write(pair.endpoint(), "bytes");
      pair.endpoint().end();
      assertCannotWrite(pair.peer());
      pair.endpoint().close();
      assertCannotWrite(pair.peer());
      assertThat(read(pair.peer())).isEqualTo("bytes");
      assertThat(read(pair.peer())).isEmpty();
    }
  }

  @Test
  void aPeerThatLeftBytesUnreadIsAnErrorAtTheEnd() throws IOException {
    try (Pair pair = connected(Flow.TO_PEER)) {
      write(pair.endpoint(), "bytes");
      pair.peer().close();
      assertThatExceptionOfType(ErrnoException.class)
          .isThrownBy(pair.endpoint()::end)
          .returns(Errno.ECONNRESET, ErrnoException::errno);
    }
  }

  @Test
  void aPeerThatReadEverythingAndWentIsNoErrorAtTheEnd() throws IOException {
    try (Pair pair = connected(Flow.TO_PEER)) {
      write(pair.peer(), "!");
      write(pair.endpoint(), "bytes");
      assertThat(read(pair.peer())).isEqualTo("bytes");
      pair.peer().close();
      pair.endpoint().end();
      assertThat(pair.endpoint().unread()).isZero();
    }
  }

  @Test
  void whatAPeerSentDoesNotCountAsUnread() throws IOException {
    try (Pair pair = connected(Flow.TO_PEER)) {
      write(pair.peer(), "!");
      assertThat(pair.endpoint().unread()).isZero();
      write(pair.endpoint(), "bytes");
      assertThat(pair.endpoint().unread()).isPositive();
      assertThat(read(pair.peer())).isEqualTo("bytes");
      assertThat(pair.endpoint().unread()).isZero();
    }
  }

  @Test
  void aPeerWhoseBytesWereNotAllTakenReadsAResetFromAnAbortedStream() throws IOException {
    try (Pair pair = connected(Flow.FROM_PEER)) {
      write(pair.peer(), "bytes");
      pair.endpoint().close();
      assertReset(pair.peer());
    }
  }

  @Test
  void aPeerThatStillWritesIsToldOfAnAbortedStream() throws Exception {
    try (Pair pair = connected(Flow.FROM_PEER)) {
      FutureTask<Void> writing =
          new FutureTask<>(
              () -> {
                while (true) {
                  write(pair.peer(), "bytes");
                }
              });
      Thread.ofPlatform().daemon().name(LeakCheck.THREADS + "peer").start(writing);
      await().until(() -> NativeThreads.waitingIn("write0") > 0);
      pair.endpoint().close();
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(writing::get)
          .satisfies(e -> assertThat(e).message().containsAnyOf("reset", "Broken pipe"));
    }
  }

  @Test
  void aPeerWhoseBytesWereAllTakenCanWriteNoMoreToAnAbortedStream() throws IOException {
    try (Pair pair = connected(Flow.FROM_PEER)) {
      write(pair.peer(), "bytes");
      assertThat(read(pair.endpoint())).isEqualTo("bytes");
      pair.endpoint().close();
      assertCannotWrite(pair.peer());
    }
  }

  @Test
  void aPeerThatWroteMoreThanWasWantedReadsACompleteStreamsEnd() throws IOException {
    try (Pair pair = connected(Flow.FROM_PEER)) {
      write(pair.peer(), "bytes");
      pair.peer().shutdownOutput();
      pair.endpoint().end();
      pair.endpoint().close();
      assertThat(read(pair.peer())).isEmpty();
    }
  }
}
