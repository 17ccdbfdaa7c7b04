package dev.sluice.server.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.LeakCheck;
import dev.sluice.posix.PollSet;
import dev.sluice.posix.Posix;
import dev.sluice.posix.TcpSockets;
import dev.sluice.testing.Pki;
import dev.sluice.testing.Slow;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.ReferenceCounted;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.FutureTask;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a session reads and writes in TLS, record by record, with either implementation of it. */
@Slow("Moves much data through TLS.")
@ParameterizedClass
@EnumSource(names = {"JDK", "OPENSSL_REFCNT"})
@Timeout(60)
class TlsTransportTest {

  private static final int MIB = 1 << 20;

  /** Nearly as much as a record can hold, and all that Java puts into one. */
  private static final int FULL = 16_000;

  private static X509Bundle certificate;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private final SslProvider provider;
  private final Random random = new Random(20_260_726);
  private SslContext context;
  private SSLEngine engine;
  private RecordClient client;
  private TlsTransport transport;

  TlsTransportTest(SslProvider provider) {
    this.provider = provider;
  }

  @BeforeAll
  static void makeCertificate() throws Exception {
    certificate = new Pki("Sluice tests").server();
  }

  @BeforeEach
  void connect() throws Exception {
    connect("TLSv1.3", new byte[0]);
  }

  private void connect(String version, byte[] decryptedAlready, byte[]... readAlready)
      throws Exception {
    context =
        SslContextBuilder.forServer(certificate.toKeyManagerFactory())
            .sslProvider(provider)
            .protocols(version)
            .build();
    engine = context.newEngine(ByteBufAllocator.DEFAULT);
    SSLEngine theirs =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .trustManager(certificate.toTrustManagerFactory())
            .build()
            .newEngine(ByteBufAllocator.DEFAULT, "localhost", 1);
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      client = new RecordClient(theirs, engine, SocketChannel.open(server.getLocalAddress()));
      byte[] early =
          readAlready.length == 0
              ? new byte[0]
              : client.record(readAlready[0], 0, readAlready[0].length);
      Descriptor accepted = TcpSockets.accept(TcpSockets.descriptorOf(server));
      int kept = early.length / 2;
      transport =
          new TlsTransport(accepted.number(), engine, decryptedAlready, Arrays.copyOf(early, kept));
      client.sendRaw(early, kept, early.length - kept);
    }
  }

  @AfterEach
  void close() throws IOException {
    transport.close();
    transport.close();
    if (engine instanceof ReferenceCounted counted) {
      assertThat(counted.refCnt()).isZero();
    }
    ReferenceCountUtil.release(context);
    client.close();
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Reads, in pieces of random length, until there are so many bytes. */
  private byte[] read(int count) throws IOException {
    byte[] bytes = new byte[count];
    int at = 0;
    while (at < count) {
      int wanted = Math.min(count - at, 1 + random.nextInt(random.nextBoolean() ? 100 : 4 * FULL));
      long got = transport.read(MemorySegment.ofArray(bytes).asSlice(at, wanted));
      if (got == 0) {
        throw new EOFException("after %d bytes of %d".formatted(at, count));
      }
      if (got == Posix.WOULD_BLOCK) {
        await(PollSet.READABLE);
      } else {
        at += (int) got;
      }
    }
    return bytes;
  }

  private long readMore() throws IOException {
    while (true) {
      long got = transport.read(MemorySegment.ofArray(new byte[1000]));
      if (got != Posix.WOULD_BLOCK) {
        return got;
      }
      await(PollSet.READABLE);
    }
  }

  private void write(byte[] bytes) throws IOException {
    int at = 0;
    while (at < bytes.length) {
      int offered = Math.min(bytes.length - at, 1 + random.nextInt(3 * FULL));
      MemorySegment part = MemorySegment.ofArray(bytes).asSlice(at, offered);
      long taken = transport.write(part, random.nextBoolean());
      if (taken == Posix.WOULD_BLOCK) {
        await(PollSet.WRITABLE);
      } else {
        at += (int) taken;
      }
    }
    while (!transport.flush()) {
      await(PollSet.WRITABLE);
    }
  }

  private void await(int events) throws IOException {
    try (PollSet poll = new PollSet(1)) {
      poll.set(0, transport.pollDescriptor(), events);
      assertThat(poll.await(20_000)).as("something happens").isTrue();
    }
  }

  private interface Task<T> {
    T run() throws IOException;
  }

  private static <T> FutureTask<T> meanwhile(Task<T> task) {
    FutureTask<T> future = new FutureTask<>(task::run);
    new Thread(future, LeakCheck.THREADS + "client").start();
    return future;
  }

  private void send(byte[] content, Random sizes, boolean renew) throws IOException {
    int at = 0;
    while (at < content.length) {
      int length = Math.min(content.length - at, sizes.nextBoolean() ? FULL : sizes.nextInt(500));
      client.send(content, at, length);
      at += length;
      if (renew && sizes.nextInt(50) == 0) {
        client.renewKeys();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void everyByteArrivesInItsPlaceBothWays(String version) throws Exception {
    close();
    connect(version, new byte[0]);
    byte[] there = bytes(4 * MIB);
    FutureTask<Integer> sender =
        meanwhile(
            () -> {
              send(there, new Random(1), false);
              return there.length;
            });
    assertThat(read(there.length)).isEqualTo(there);
    assertThat(sender.get()).isEqualTo(there.length);

    byte[] back = bytes(4 * MIB);
    FutureTask<byte[]> receiver = meanwhile(() -> client.receive(back.length));
    write(back);
    assertThat(receiver.get()).isEqualTo(back);
  }

  @Test
  void whatWasReadBeforeComesFirst() throws Exception {
    close();
    byte[] decrypted = bytes(1000);
    byte[] encrypted = bytes(FULL);
    connect("TLSv1.3", decrypted, encrypted);
    byte[] later = bytes(100);
    client.send(later, 0, later.length);

    assertThat(read(decrypted.length)).isEqualTo(decrypted);
    assertThat(read(encrypted.length)).isEqualTo(encrypted);
    assertThat(read(later.length)).isEqualTo(later);
  }

  @Test
  void keysAreRenewedWhileBytesMove() throws Exception {
    byte[] there = bytes(4 * MIB);
    FutureTask<byte[]> other =
        meanwhile(
            () -> {
              send(there, new Random(2), true);
              return client.receive(MIB);
            });
    assertThat(read(there.length)).isEqualTo(there);
    byte[] back = bytes(MIB);
    write(back);
    assertThat(other.get()).isEqualTo(back);
  }

  @Test
  void keysThatAreRenewedAllTheTimeEndIt() throws Exception {
    byte[] some = bytes(10);
    for (int i = 0; i < 20; i++) {
      client.renewKeys();
    }
    client.send(some, 0, some.length);
    assertThat(read(some.length)).isEqualTo(some);

    for (int i = 0; i < 40; i++) {
      client.renewKeys();
    }
    assertThatIOException().isThrownBy(this::readMore);
  }

  @Test
  void anEndIsOneOnlyIfTheClientSaysSo() throws Exception {
    byte[] some = bytes(10);
    client.send(some, 0, some.length);
    client.sayGoodbye();
    client.close();
    assertThat(read(some.length)).isEqualTo(some);
    assertThat(readMore()).isZero();
    assertThat(readMore()).isZero();

    close();
    connect();
    client.send(some, 0, some.length);
    client.close();
    assertThat(read(some.length)).isEqualTo(some);
    assertThatIOException().isThrownBy(this::readMore).withMessageContaining("without a word");
  }

  @Test
  void aDamagedRecordIsNotTakenNorAnythingBehindIt() throws Exception {
    byte[] some = bytes(1000);
    byte[] record = client.record(some, 0, some.length);
    record[500] ^= 1;
    client.sendRaw(record, 0, record.length);
    client.send(some, 0, some.length);
    assertThatIOException().isThrownBy(this::readMore);
  }

  @Test
  void itsOwnEndIsSaidInTls() throws Exception {
    transport.close();
    assertThat(client.hearsGoodbye()).isTrue();
  }
}
