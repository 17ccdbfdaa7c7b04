package dev.sluice.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.export.Export;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.nbd.handshake.ReplyType;
import dev.sluice.stream.Direction;
import dev.sluice.testing.Pki;
import dev.sluice.testing.Slow;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section "TLS support": where it is required, where it is allowed, and what must not work. */
@Slow("Waits for deadlines of TLS.")
@ParameterizedClass
@ValueSource(strings = {"jdk", "openssl"})
@Timeout(120)
class TlsConformanceTest {

  private static RunningServer required;
  private static RunningServer allowed;
  private static SSLContext trusting;

  /** The provider of TLS is what the servers of all its tests are started with. */
  TlsConformanceTest(@SuppressWarnings("unused") String provider) {}

  @BeforeParameterizedClassInvocation
  static void start(String provider) throws Exception {
    Pki pki = new Pki("Sluice tests");
    Path files = Workspace.newFolder("server");
    var certificate = pki.server();
    Pki.writeServer(files, certificate, pki);
    trusting = Pki.trusting(certificate);
    required = server(files, "require", provider);
    allowed = server(files, "allow", provider);
  }

  private static RunningServer server(Path files, String mode, String provider) {
    Stream<String> properties =
        Stream.concat(
            Pki.properties(files, mode, "none").stream(),
            Stream.of(
                "sluice.nbd.handshake-timeout=2s",
                "sluice.exports.stall-timeout=200ms",
                "sluice.nbd.tls.provider=" + provider));
    RunningServer server = RunningServer.start(properties.toArray(String[]::new));
    server.export("here", Direction.WRITE, 4096);
    return server;
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    required.close();
    allowed.close();
  }

  private static TlsClient connect(RunningServer server) throws IOException {
    return new TlsClient((InetSocketAddress) server.tcp(), 3);
  }

  private static TlsClient encrypted(RunningServer server) throws IOException {
    TlsClient client = connect(server);
    assertThat(client.ask(Conformance.STARTTLS)).isEqualTo(ReplyType.ACK);
    client.encrypt(trusting);
    return client;
  }

  // Section "FORCEDTLS mode".

  @ParameterizedTest
  @ValueSource(ints = {Conformance.LIST, Conformance.STRUCTURED_REPLY, 11, 77})
  void whereItIsRequiredEveryOptionAsksForItFirst(int option) throws IOException {
    try (TlsClient client = connect(required)) {
      assertThat(client.ask(option)).isEqualTo(ReplyType.ERR_TLS_REQD);
      assertThat(client.ask(Conformance.INFO, RawNbdClient.infoData("here")))
          .isEqualTo(ReplyType.ERR_TLS_REQD);
      assertThat(client.ask(Conformance.GO, RawNbdClient.infoData("nowhere")))
          .isEqualTo(ReplyType.ERR_TLS_REQD);
      assertThat(client.ask(Conformance.ABORT)).isEqualTo(ReplyType.ACK);
    }
  }

  @Test
  void whereItIsRequiredExportNameBeforeItEndsTheSession() throws IOException {
    try (TlsClient client = connect(required)) {
      client.send(Conformance.EXPORT_NAME, "here".getBytes(US_ASCII));
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void onceItIsStartedEverythingWorksAndItCannotBeStartedAgain() throws IOException {
    try (TlsClient client = encrypted(required)) {
      assertThat(client.ask(Conformance.LIST)).isEqualTo(ReplyType.ACK);
      assertThat(client.ask(Conformance.STARTTLS)).isEqualTo(ReplyType.ERR_INVALID);
      assertThat(client.ask(Conformance.INFO, RawNbdClient.infoData("here")))
          .isEqualTo(ReplyType.ACK);
      assertThat(client.ask(Conformance.GO, RawNbdClient.infoData("nowhere")))
          .isEqualTo(ReplyType.ERR_UNKNOWN);
    }
  }

  @Test
  void aRequestThatFollowsGoInARecordOfItsOwnIsServed() throws IOException {
    try (TlsClient client = encrypted(required)) {
      client.send(Conformance.GO, RawNbdClient.infoData("here"));
      byte[] flush = new byte[28];
      ByteBuffer.wrap(flush)
          .putInt(0x25609513)
          .putShort(6, (short) Conformance.FLUSH)
          .put(15, (byte) 9);
      client.sendRaw(flush);

      client.receive(20 + 12 + 20); // the export's information, and the acknowledgement
      ByteBuffer reply = ByteBuffer.wrap(client.receive(16));
      assertThat(reply.getInt()).isEqualTo(0x67446698);
      assertThat(reply.getInt()).isZero();
      assertThat(reply.getLong()).isEqualTo(9);
    }
  }

  @Test
  void whoStandsStillWithinAPayloadIsDroppedWhenAnotherWaits() throws IOException {
    Export export = required.export("shared", Direction.WRITE, 8192);
    try (TlsClient stuck = attached("shared");
        TlsClient next = attached("shared")) {
      stuck.sendRaw(request(Conformance.WRITE, 4096));
      stuck.sendRaw(new byte[100]);
      await().until(() -> "the client's payload".equals(export.stream().status().waitingFor()));

      next.sendRaw(request(Conformance.FLUSH, 0));

      assertThat(ByteBuffer.wrap(next.receive(16)).getInt(4)).isZero();
      assertThat(stuck.isClosed()).isTrue();
    } finally {
      required.exports().delete("shared", true);
    }
  }

  private static TlsClient attached(String export) throws IOException {
    TlsClient client = encrypted(required);
    client.send(Conformance.GO, RawNbdClient.infoData(export));
    client.receive(20 + 12 + 20); // the export's information, and the acknowledgement
    return client;
  }

  private static byte[] request(int command, int length) {
    return ByteBuffer.allocate(28)
        .putInt(0x25609513)
        .putShort(6, (short) command)
        .putInt(24, length)
        .array();
  }

  @Test
  void startTlsHasNoData() throws IOException {
    try (TlsClient client = connect(required)) {
      assertThat(client.ask(Conformance.STARTTLS, (byte) 0)).isEqualTo(ReplyType.ERR_INVALID);
    }
  }

  @Test
  void aFailedHandshakeEndsTheSession() throws Exception {
    try (TlsClient client = connect(required)) {
      assertThat(client.ask(Conformance.STARTTLS)).isEqualTo(ReplyType.ACK);
      assertThatThrownBy(() -> client.encrypt(SSLContext.getDefault()))
          .isInstanceOf(IOException.class);
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void whoeverGoesOnInPlaintextIsDropped() throws IOException {
    try (TlsClient client = connect(required)) {
      assertThat(client.ask(Conformance.STARTTLS)).isEqualTo(ReplyType.ACK);
      client.send(Conformance.LIST);
      // Perhaps an alert of TLS, but no reply, which would have 20 bytes.
      assertThat(client.rest()).hasSizeLessThan(20);
    }
  }

  @Test
  void aHandshakeThatIsBegunAndNotEndedIsCutOff() throws IOException {
    try (TlsClient client = connect(required)) {
      assertThat(client.ask(Conformance.STARTTLS)).isEqualTo(ReplyType.ACK);
      // Perhaps an alert of TLS, but no reply, which would have 20 bytes; and then the end.
      assertThat(client.rest()).hasSizeLessThan(20);
    }
  }

  // Section "SELECTIVETLS mode".

  @Test
  void whereItIsAllowedPlaintextWorks() throws IOException {
    try (TlsClient client = connect(allowed)) {
      assertThat(client.ask(Conformance.INFO, RawNbdClient.infoData("here")))
          .isEqualTo(ReplyType.ACK);
      assertThat(client.ask(Conformance.GO, RawNbdClient.infoData("nowhere")))
          .isEqualTo(ReplyType.ERR_UNKNOWN);
    }
  }

  // Section "TLS support", "Server-side requirements".

  @Test
  void withoutFixedNewstyleThereIsNoTls() throws IOException {
    try (TlsClient client = new TlsClient((InetSocketAddress) allowed.tcp(), 0)) {
      assertThat(client.ask(Conformance.STARTTLS)).isEqualTo(ReplyType.ERR_POLICY);
    }
  }

  // CVE-2021-3716.

  @Test
  void whatWasAgreedOnBeforeTlsIsForgotten() throws IOException {
    try (TlsClient client = connect(allowed)) {
      assertThat(client.ask(Conformance.STRUCTURED_REPLY)).isEqualTo(ReplyType.ACK);
      byte[] contexts = RawNbdClient.contextData("here", "base:allocation");
      assertThat(client.ask(Conformance.SET_META_CONTEXT, contexts)).isEqualTo(ReplyType.ACK);
      assertThat(client.ask(Conformance.STARTTLS)).isEqualTo(ReplyType.ACK);
      client.encrypt(trusting);

      assertThat(client.ask(Conformance.SET_META_CONTEXT, contexts))
          .isEqualTo(ReplyType.ERR_INVALID);
      assertThat(client.ask(Conformance.STRUCTURED_REPLY)).isEqualTo(ReplyType.ACK);
      assertThat(client.ask(Conformance.SET_META_CONTEXT, contexts)).isEqualTo(ReplyType.ACK);
    }
  }

  @Test
  void plaintextBehindStarttlsEndsTheConnection() throws IOException {
    try (TlsClient client = connect(allowed)) {
      byte[] option = "IHAVEOPT".getBytes(US_ASCII);
      byte[] both = new byte[32];
      System.arraycopy(option, 0, both, 0, 8);
      both[11] = Conformance.STARTTLS;
      System.arraycopy(option, 0, both, 16, 8);
      both[27] = Conformance.LIST;
      client.sendRaw(both);
      assertThat(client.isClosed()).isTrue();
    }
  }
}
