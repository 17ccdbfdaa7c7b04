package dev.sluice.server.session;

import static dev.sluice.testing.FilePaths.at;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sluice.client.AllowedClients;
import dev.sluice.export.Export;
import dev.sluice.export.ExportSpec;
import dev.sluice.nbd.MetaContext;
import dev.sluice.server.RunningServer;
import dev.sluice.server.ServerObserver;
import dev.sluice.server.Warnings;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a client sends in transmission, each whole request is replied to once and in turn, what
 * is read is what is there, and the peer gets what was written, never anything else. {@code
 * src/test/scripts/fuzz} looks for bytes that break this; without it, known conversations and past
 * findings are tried.
 */
@Slow("Tries many inputs.")
class TransmissionFuzzTest {

  private static RunningServer server;
  private static Warnings warnings;
  private static FuzzPeer peer;

  @BeforeAll
  static void start() throws IOException {
    server = RunningServer.start();
    warnings = Warnings.of("dev.sluice");
    peer = new FuzzPeer(server.path("peer"));
  }

  @AfterAll
  static void stop() throws IOException {
    peer.close();
    warnings.close();
    server.close();
  }

  static Stream<byte[]> conversations() {
    return TransmissionSeeds.all();
  }

  @MethodSource("conversations")
  @DictionaryEntries({
    "\\x25\\x60\\x95\\x13\\x00\\x00\\x00",
    "\\x21\\xe4\\x1c\\x71\\x00\\x00\\x00",
    "\\x00\\x00\\x10\\x00",
    "\\x7f\\xff\\xff\\xff\\xff\\xff\\xff\\xff",
    "\\xff\\xff\\xff\\xff"
  })
  @FuzzTest(maxDuration = "")
  void everyRequestIsRepliedToOnceAndThePeerGetsWhatWasWritten(byte[] input) throws Exception {
    if (input.length < FuzzCase.LENGTH) {
      return;
    }
    FuzzCase given = FuzzCase.of(input);
    byte[] sent = FuzzCase.conversation(input);
    Path path = server.path("peer");
    ExportSpec spec =
        new ExportSpec(
            "x", at(path), false, false, AllowedClients.ALL, given.direction(), given.settings());
    Export export = server.exports().create(spec);
    FuzzTransport transport = new FuzzTransport(sent, given.piece());
    peer.expect(given.direction() == Direction.READ ? given.source() : new byte[0]);
    export.stream().attach();
    Set<MetaContext> contexts =
        given.dialect().hasChunks() ? EnumSet.allOf(MetaContext.class) : Set.of();
    Agreement agreement = new Agreement(given.dialect(), "x", contexts);
    new Session(transport, NegotiatedExport.of(export, agreement), ServerObserver.NONE, () -> false)
        .run();
    StreamStatus end = export.stream().status();
    server.exports().delete("x", false);

    assertThat(warnings.listWithoutLimits()).isEmpty();
    Transcript transcript = new Transcript(given, sent, transport.received());
    transcript.check();
    byte[] delivered = peer.received();
    if (given.direction() == Direction.WRITE) {
      assertThat(delivered).hasSize(Math.toIntExact(end.position()));
      transcript.disk().requireDelivered(delivered);
      if (end.state() == StreamState.COMPLETED) {
        assertThat(delivered).hasSize(given.size());
      }
    }
  }
}
