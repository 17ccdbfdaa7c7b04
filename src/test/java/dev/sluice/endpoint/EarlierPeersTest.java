package dev.sluice.endpoint;

import static dev.sluice.endpoint.Texts.write;
import static dev.sluice.testing.FilePaths.all;
import static dev.sluice.testing.FilePaths.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.sluice.endpoint.Endpoint.Flow;
import dev.sluice.posix.LeakCheck;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What was at a FIFO before the service claimed it. */
@Timeout(20)
class EarlierPeersTest {

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  @TempDir private Path root;
  private Path path;
  private EndpointRoots roots;
  private EndpointFactory factory;

  @BeforeEach
  void makeFifo() throws IOException {
    path = Fifos.make(root.resolve("fifo"));
    roots = EndpointRoots.open(all(root));
    factory = new EndpointFactory(roots, 0600, null);
  }

  @AfterEach
  void closeRoots() {
    roots.close();
  }

  /** A program that has the FIFO open and lets nobody wait for it. */
  private RandomAccessFile holder() throws IOException {
    return new RandomAccessFile(path.toFile(), "rw");
  }

  @Test
  void bytesOfAnEarlierWriterAreRefused() throws IOException {
    try (RandomAccessFile holder = holder();
        Endpoint endpoint = factory.claim(at(path), Flow.TO_PEER)) {
      holder.write(new byte[1000]);
      assertThatExceptionOfType(RefusedEndpointException.class)
          .isThrownBy(endpoint::requireEmpty)
          .withMessage(
              "the FIFO holds 1000 bytes of an earlier writer; end its reader, and begin again");
    }
  }

  @Test
  void bytesOfTheWriterAreWhatAStreamFromItTakes() throws IOException {
    try (RandomAccessFile holder = holder();
        Endpoint endpoint = factory.claim(at(path), Flow.FROM_PEER)) {
      holder.write(new byte[1000]);
      assertThatNoException().isThrownBy(endpoint::requireEmpty);
    }
  }

  @Test
  void theLookAtItDoesNotCountAsAPeer() throws IOException {
    try (Endpoint endpoint = factory.claim(at(path), Flow.TO_PEER)) {
      endpoint.requireEmpty();
      try (RandomAccessFile _ = holder()) {
        assertThat(endpoint.tryOpen()).isTrue();
        assertThatNoException().isThrownBy(endpoint::requireOnePeer);
        try (InputStream _ = new FileInputStream(path.toFile())) {
          assertTwoPeers(endpoint);
        }
      }
    }
  }

  @Test
  void aReaderFromBeforeTheClaimCountsOnceItHasTakenBytes() throws IOException {
    try (RandomAccessFile earlier = holder();
        Endpoint endpoint = factory.claim(at(path), Flow.TO_PEER)) {
      assertThat(endpoint.tryOpen()).isTrue();
      write(endpoint, "bytes");
      earlier.readFully(new byte[5]);
      endpoint.noteMoved();
      assertThatNoException().isThrownBy(endpoint::requireOnePeer);
      try (InputStream _ = new FileInputStream(path.toFile())) {
        assertTwoPeers(endpoint);
      }
    }
  }

  private static void assertTwoPeers(Endpoint endpoint) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(endpoint::requireOnePeer)
        .withMessageContaining("opened by 2 processes");
  }
}
