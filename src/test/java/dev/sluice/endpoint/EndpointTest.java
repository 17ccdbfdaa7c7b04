package dev.sluice.endpoint;

import static dev.sluice.endpoint.Texts.read;
import static dev.sluice.endpoint.Texts.write;
import static dev.sluice.testing.FilePaths.all;
import static dev.sluice.testing.FilePaths.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.endpoint.Endpoint.Flow;
import dev.sluice.posix.LeakCheck;
import dev.sluice.posix.NativeThreads;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Opening, ending and closing, with a real peer. */
@Timeout(20)
class EndpointTest {

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  @TempDir private Path root;
  private Path path;
  private EndpointRoots roots;
  private EndpointFactory factory;

  @BeforeEach
  void makeFactory() throws IOException {
    path = root.resolve("endpoint");
    roots = EndpointRoots.open(all(root));
    factory = new EndpointFactory(roots, 0600, null);
  }

  @AfterEach
  void closeRoots() {
    roots.close();
  }

  private static <T> FutureTask<T> inThread(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofPlatform().daemon().name(LeakCheck.THREADS + "peer").start(task);
    return task;
  }

  private FutureTask<String> reader() {
    return inThread(
        () -> {
          try (InputStream in = new FileInputStream(path.toFile())) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
          }
        });
  }

  private FutureTask<Void> writer(String text) {
    return inThread(
        () -> {
          try (OutputStream out = new FileOutputStream(path.toFile())) {
            out.write(text.getBytes(StandardCharsets.US_ASCII));
          }
          return null;
        });
  }

  /** The peer is as far as it gets alone. */
  private static void awaitBlocked(FutureTask<?> peer) {
    await().until(() -> NativeThreads.waitingIn("open0") > 0 && !peer.isDone());
  }

  @Test
  void aFifoToAPeerOpensOnceThePeerReadsIt() throws Exception {
    try (Endpoint endpoint = factory.claim(at(path), Flow.TO_PEER)) {
      assertThat(endpoint.tryOpen()).isFalse();
      assertThat(endpoint.tryOpen()).isFalse();
      FutureTask<String> peer = reader();
      await().until(endpoint::tryOpen);
      assertThat(endpoint.descriptor()).isNotNegative();
      write(endpoint, "bytes");
      endpoint.end();
      endpoint.close();
      assertThat(peer.get()).isEqualTo("bytes");
    }
  }

  @Test
  void aFifoFromAPeerOpensAtOnce() throws Exception {
    try (Endpoint endpoint = factory.claim(at(path), Flow.FROM_PEER)) {
      assertThat(endpoint.tryOpen()).isTrue();
      int descriptor = endpoint.descriptor();
      assertThat(endpoint.tryOpen()).isTrue();
      assertThat(endpoint.descriptor()).isEqualTo(descriptor);
      FutureTask<Void> peer = writer("bytes");
      assertThat(read(endpoint)).isEqualTo("bytes");
      peer.get();
      assertThat(read(endpoint)).isEmpty();
    }
  }

  @Test
  void anEndpointIsNotOpenedAgainAfterItsEnd() throws Exception {
    Endpoint opened = factory.claim(at(path), Flow.FROM_PEER);
    assertThat(opened.tryOpen()).isTrue();
    opened.close();
    assertThat(opened.tryOpen()).isFalse();
    assertThat(opened.descriptor()).isNegative();
    Endpoint never = factory.claim(at(path), Flow.FROM_PEER);
    never.close();
    assertThat(never.tryOpen()).isFalse();
  }

  @Test
  void aPeerThatWaitsToReadIsReleasedWhenAFifoIsClosedUnopened() throws Exception {
    Endpoint endpoint = factory.claim(at(path), Flow.TO_PEER);
    FutureTask<String> peer = reader();
    awaitBlocked(peer);
    endpoint.close();
    assertThat(peer.get()).isEmpty();
  }

  @Test
  void aPeerThatWaitsToWriteIsReleasedWhenAFifoIsClosedUnopened() throws Exception {
    Endpoint endpoint = factory.claim(at(path), Flow.FROM_PEER);
    // More than a pipe holds: what fits may be written while the endpoint is open for a moment.
    FutureTask<Void> peer = writer("lost".repeat(1 << 20));
    awaitBlocked(peer);
    endpoint.close();
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(peer::get)
        .withMessageContaining("Broken pipe");
  }

  @Test
  void aPeerIsReleasedEvenIfItsFifoHasAnotherNameNow() throws Exception {
    Endpoint endpoint = factory.claim(at(path), Flow.TO_PEER);
    FutureTask<String> peer = reader();
    awaitBlocked(peer);
    Path moved = Files.move(path, root.resolve("moved"));
    endpoint.close();
    assertThat(peer.get()).isEmpty();
    assertThat(moved).exists();
  }

  @Test
  void anotherKindOfFileInItsPlaceIsAnError() throws IOException {
    try (Endpoint endpoint = factory.claim(at(path), Flow.TO_PEER)) {
      Files.delete(path);
      Files.createFile(path);
      assertThatThrownBy(endpoint::tryOpen).hasMessageContaining("REGULAR");
      Files.delete(path);
      assertThatThrownBy(endpoint::tryOpen).hasMessageContaining("No such file");
      Files.createSymbolicLink(path, Path.of("/dev/null"));
      assertThatThrownBy(endpoint::tryOpen).hasMessageContaining("cross-device");
    }
    assertThat(Files.isSymbolicLink(path)).isTrue();
  }

  @Test
  void aSocketOpensWhileThePeerListens() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      try (Endpoint endpoint = factory.claim(at(path), Flow.TO_PEER)) {
        assertThat(endpoint.tryOpen()).isTrue();
        write(endpoint, "bytes");
        endpoint.end();
        try (SocketChannel peer = server.accept()) {
          assertThat(read(peer)).isEqualTo("bytes");
          assertThat(read(peer)).isEmpty();
        }
      }
    }
  }

  @Test
  void aSocketWithoutAListenerOpensOnceThereIsAnother() throws Exception {
    try (ServerSocketChannel gone = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      gone.bind(UnixDomainSocketAddress.of(path));
    }
    try (Endpoint endpoint = factory.claim(at(path), Flow.TO_PEER)) {
      assertThat(endpoint.tryOpen()).isFalse();
      Files.delete(path);
      try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        server.bind(UnixDomainSocketAddress.of(path));
        assertThat(endpoint.tryOpen()).isTrue();
      }
    }
  }

  @Test
  void aSocketWhoseQueueIsFullOpensOnceThePeerAccepts() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path), 1);
      try (Endpoint one = factory.claim(at(path), Flow.TO_PEER);
          Endpoint two = factory.claim(at(path), Flow.TO_PEER);
          Endpoint three = factory.claim(at(path), Flow.TO_PEER)) {
        assertThat(one.tryOpen()).isTrue();
        assertThat(two.tryOpen()).isTrue();
        assertThat(three.tryOpen()).isFalse();
        server.accept().close();
        assertThat(three.tryOpen()).isTrue();
      }
    }
  }
}
