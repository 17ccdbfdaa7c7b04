package dev.sluice.server.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sluice.client.ClientIdentity;
import dev.sluice.posix.Posix;
import dev.sluice.server.RunningServer;
import dev.sluice.server.ServerObserver;
import dev.sluice.server.Warnings;
import dev.sluice.server.relay.Elsewhere;
import dev.sluice.server.relay.Relays;
import dev.sluice.server.session.NegotiatedExport;
import dev.sluice.stream.Direction;
import dev.sluice.testing.Slow;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a client sends in the handshake is answered option by option, in replies that hold
 * together, and the same however the bytes come cut. {@code src/test/scripts/fuzz} looks for bytes
 * that break this; without it, known conversations and past findings are tried.
 */
@Slow("Tries many inputs.")
class HandshakeFuzzTest {

  private static RunningServer server;
  private static Warnings warnings;
  private static FileDescriptor descriptor;

  @BeforeAll
  static void start() throws IOException {
    server = RunningServer.start();
    server.listedExport("w", Direction.WRITE, 1 << 20);
    server.listedExport("r", Direction.READ, 0);
    descriptor = new FileDescriptor(Posix.eventDescriptor());
    warnings = Warnings.of("dev.sluice");
  }

  @AfterAll
  static void stop() throws IOException {
    warnings.close();
    descriptor.close();
    server.close();
  }

  /** The first byte says into pieces of which length the others are cut. */
  static Stream<byte[]> conversations() {
    return HandshakeSeeds.all();
  }

  @MethodSource("conversations")
  @DictionaryEntries({
    "IHAVEOPT",
    "\\x00\\x00\\x00\\x03",
    "\\x00\\x00\\x00\\x01w",
    "\\x00\\x00\\x00\\x01r",
    "base:allocation",
    "sluice:stream",
    "\\x00\\x01\\x00\\x00",
    "\\xff\\xff\\xff\\xff"
  })
  @FuzzTest(maxDuration = "")
  void everyOptionIsAnsweredOnceHoweverItComes(byte[] input) throws Exception {
    if (input.length == 0) {
      return;
    }
    byte[] sent = Arrays.copyOfRange(input, 1, input.length);
    Talk whole = talk(sent, sent.length);
    Talk cut = talk(sent, 1 + Byte.toUnsignedInt(input[0]));

    OptionReplies.check(sent, whole);
    assertThat(cut.received()).isEqualTo(whole.received());
    assertThat(cut.chosen()).isEqualTo(whole.chosen());
    assertThat(cut.open()).isEqualTo(whole.open());
    assertThat(warnings.listWithoutLimits()).isEmpty();
    assertThat(server.exports().list())
        .allSatisfy(export -> assertThat(export.stream().status().clients()).isZero());
  }

  /**
   * A connection as its client sees it.
   *
   * @param received all that the server sent
   * @param open whether it awaits more options
   * @param chosen the name of the export for which a session was started, or empty
   * @param left what the session got of what the client had sent
   */
  record Talk(byte[] received, boolean open, String chosen, byte[] left) {}

  private static Talk talk(byte[] sent, int piece) throws IOException {
    Taker taker = new Taker();
    Channel channel =
        new Channel(
            descriptor,
            new HandshakeHandler(
                new Negotiation(
                    new Admission(
                        server.exports(),
                        new ExportClientLimit(16),
                        Elsewhere.NOWHERE,
                        new ClientIdentity(null, null)),
                    server.properties().handshakeRules(),
                    () -> false),
                server.tls(),
                taker,
                ServerObserver.NONE,
                new LimitLog(),
                new Forwarding(new Relays(Elsewhere.NOWHERE, _ -> {}), () -> () -> {})));
    for (int from = 0; from < sent.length && channel.isOpen(); from += piece) {
      int count = Math.min(piece, sent.length - from);
      channel.writeInbound(Unpooled.wrappedBuffer(sent, from, count));
    }
    boolean open = channel.isOpen();
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      received.write(ByteBufUtil.getBytes(part));
      part.release();
    }
    channel.finishAndReleaseAll();
    return new Talk(received.toByteArray(), open, taker.chosen, taker.left);
  }

  /** A connection whose descriptor is none of a connection, which nobody looks at. */
  private static final class Channel extends EmbeddedChannel implements UnixChannel {

    private final FileDescriptor descriptor;

    Channel(FileDescriptor descriptor, HandshakeHandler handler) {
      super(new OptionFrameDecoder(65_536), handler);
      this.descriptor = descriptor;
    }

    @Override
    public FileDescriptor fd() {
      return descriptor;
    }
  }

  /** Takes what a session would get, and is done with it. */
  private static final class Taker implements SessionStarter {

    private String chosen = "";
    private byte[] left = {};

    @Override
    public void start(dev.sluice.stream.Transport transport, NegotiatedExport export) {
      chosen = export.export().name();
      try (Arena arena = Arena.ofConfined()) {
        // Beyond what was read already, only bytes of the descriptor would come.
        left = new byte[0];
        MemorySegment into = arena.allocate(1 << 17);
        if (transport.spliceSource() < 0) {
          long count = transport.read(into);
          left = into.asSlice(0, count).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      } finally {
        transport.close();
        export.export().stream().detach();
      }
    }
  }
}
