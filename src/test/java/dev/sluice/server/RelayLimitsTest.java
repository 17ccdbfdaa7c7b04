package dev.sluice.server;

import static dev.sluice.server.Conformance.GO;
import static dev.sluice.server.Conformance.STARTTLS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import dev.sluice.client.AllowedClients;
import dev.sluice.client.Subject;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.nbd.RawNbdClient.OptionAnswer;
import dev.sluice.nbd.handshake.ReplyType;
import dev.sluice.stream.Direction;
import dev.sluice.testing.Pki;
import dev.sluice.testing.Slow;
import dev.sluice.testing.Workspace;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is not passed on to another pod, and what is not believed of another pod. */
@Slow("Starts two services.")
@Timeout(120)
class RelayLimitsTest {

  private static final int RELAY = 0x536c7543;
  private static final String URI = "export 'w' is at nbds://sluice-1.bb.example:10809/w";

  private static TwoPods pods;
  private static List<String> tls;
  private static SSLContext trusting;

  @BeforeAll
  static void start() throws Exception {
    Pki pki = new Pki("Sluice tests");
    Path files = Workspace.newFolder("server");
    X509Bundle certificate = pki.server();
    Pki.writeServer(files, certificate, pki);
    tls = Pki.properties(files, "allow", "want");
    trusting = SSLContext.getInstance("TLS");
    trusting.init(null, new TrustManager[] {certificate.toTrustManager()}, null);
    pods = new TwoPods(1, tls, tls);
  }

  @AfterAll
  static void stop() {
    pods.close();
  }

  @AfterEach
  void forgetExports() {
    pods.forgetExports();
  }

  private static TlsClient connect(TwoPods to) throws IOException {
    return new TlsClient(to.entrance(), TwoPods.LOOPBACK, 3);
  }

  private static void assertReferred(TlsClient client, String why) throws IOException {
    TlsClient.Reply reply = client.replies(GO, RawNbdClient.infoData("w")).getLast();
    assertThat(reply.type()).isEqualTo(ReplyType.ERR_POLICY);
    assertThat(reply.text()).startsWith(URI).contains(why);
  }

  @Test
  void aClientWithTlsIsToldWhereToGo() throws IOException {
    pods.owner().export("w", Direction.WRITE, 4096);
    try (TlsClient client = connect(pods)) {
      client.ask(STARTTLS);
      client.encrypt(trusting);

      assertReferred(client, "this pod passes on clients without TLS only");
      client.vanish();
    }
  }

  @Test
  void whoseExportNeedsACertificateIsToldWhereToGo() throws IOException {
    AllowedClients named = new AllowedClients(List.of(Subject.parse("CN=backup")), List.of());
    pods.owner().listedExport("w", Direction.WRITE, 4096, named);
    try (TlsClient client = connect(pods)) {
      assertReferred(client, "TLS has to be started there");
      assertReferred(client, "TLS has to be started there");
    }
  }

  @Test
  void whoseOwnerTakesNobodyWithoutTlsIsToldWhereToGo() throws IOException {
    List<String> required =
        tls.stream().map(key -> key.replace("mode=allow", "mode=require")).toList();
    try (TwoPods others = new TwoPods(1, List.of(), required)) {
      others.owner().export("w", Direction.WRITE, 4096);
      try (TlsClient client = connect(others)) {
        assertReferred(client, "TLS has to be started there");
      }
    }
  }

  @Test
  void oneMoreThanMayBeIsToldWhereToGoUntilAnotherHasLeft() throws IOException {
    pods.owner().export("w", Direction.WRITE, 4096);
    try (RawNbdClient first = RawNbdClient.connect(pods.entrance())) {
      first.go("w");
      try (TlsClient second = connect(pods)) {
        assertReferred(second, "sluice.kubernetes.max-relays permits no more");
        first.abort();
        await().until(() -> pods.entrancePod.nbd.relays().count() == 0);

        assertThat(second.ask(GO, RawNbdClient.infoData("w"))).isEqualTo(ReplyType.ACK);
      }
    }
  }

  // What is not believed of another pod.

  private static OptionAnswer relay(RawNbdClient client, byte[] data) throws IOException {
    return client.option(RELAY, data).getLast();
  }

  private static RawNbdClient atOwner() throws IOException {
    return RawNbdClient.connect(pods.ownerPod.address());
  }

  @Test
  void toStrangersTheOptionIsUnknown() throws IOException {
    try (RawNbdClient client = atOwner()) {
      OptionAnswer unknown = client.option(77, new byte[3]).getLast();
      for (String name : List.of("", "somebody", "sluice-1.bb", "x".repeat(5000))) {
        OptionAnswer answer = relay(client, name.getBytes(UTF_8));

        assertThat(answer.replyType()).isEqualTo(unknown.replyType());
        assertThat(answer.text()).isEqualTo(unknown.text().replace("77", "" + RELAY));
      }
      assertThat(client.option(Conformance.ABORT).getLast().replyType()).isEqualTo(ReplyType.ACK);
    }
  }

  @Test
  void aNameAloneIsNotBelieved() throws IOException {
    AllowedClients nobody = new AllowedClients(List.of(), List.of());
    pods.owner().listedExport("w", Direction.WRITE, 4096, nobody);
    try (RawNbdClient client = atOwner()) {
      assertThat(challenge(client)).hasSize(16);
      byte[] wrong = ByteBuffer.allocate(1 + 4 + 64).put((byte) 4).putInt(0x7f000002).array();

      assertThat(relay(client, wrong).replyType()).isEqualTo(ReplyType.ERR_UNSUP);
      assertThat(relay(client, wrong).replyType()).isEqualTo(ReplyType.ERR_UNSUP);
    }
  }

  private static byte[] challenge(RawNbdClient client) throws IOException {
    client.sendOption(RELAY, "sluice-0.aa".getBytes(UTF_8));
    OptionAnswer answer = client.receiveOptionAnswer(RELAY);
    assertThat(answer.type()).isEqualTo(RELAY);
    return answer.data();
  }

  /** A signature is for one connection, one owner and one address. */
  @Test
  void aSignatureOfSomethingElseIsNotBelieved() throws IOException {
    byte[] address = {127, 0, 0, 2};
    try (RawNbdClient client = atOwner()) {
      byte[] old = challenge(client);
      byte[] proof = proof(old, "sluice-1.bb", address, address);
      relay(client, new byte[] {9});
      challenge(client);
      assertThat(relay(client, proof).replyType()).as("replayed").isEqualTo(ReplyType.ERR_UNSUP);
      byte[] other = proof(challenge(client), "sluice-2.cc", address, address);
      assertThat(relay(client, other).replyType()).as("owner").isEqualTo(ReplyType.ERR_UNSUP);
      byte[] moved = proof(challenge(client), "sluice-1.bb", address, new byte[] {127, 0, 0, 3});
      assertThat(relay(client, moved).replyType()).as("address").isEqualTo(ReplyType.ERR_UNSUP);
      byte[] odd = proof(challenge(client), "sluice-1.bb", new byte[3], new byte[3]);
      assertThat(relay(client, odd).replyType()).as("length").isEqualTo(ReplyType.ERR_UNSUP);

      byte[] right = proof(challenge(client), "sluice-1.bb", address, address);
      assertThat(relay(client, right).replyType()).isEqualTo(ReplyType.ACK);
    }
  }

  private static byte[] proof(byte[] challenge, String owner, byte[] signed, byte[] sent) {
    byte[] purpose = "Sluice relays an NBD client 1".getBytes(UTF_8);
    byte[] name = owner.getBytes(UTF_8);
    byte[] statement =
        ByteBuffer.allocate(purpose.length + challenge.length + 8 + name.length + signed.length)
            .put(purpose)
            .put(challenge)
            .putInt(name.length)
            .put(name)
            .putInt(signed.length)
            .put(signed)
            .array();
    byte[] signature = pods.entrancePod.entrance.sign(statement);
    return ByteBuffer.allocate(1 + sent.length + signature.length)
        .put((byte) sent.length)
        .put(sent)
        .put(signature)
        .array();
  }

  /** Clients of a single service that try it are told the same as of any other number. */
  @Test
  void aServiceAloneKnowsNoSuchOption() {
    assertThatCode(
            () -> {
              try (RawNbdClient client = RawNbdClient.connect(pods.owner().tcp())) {
                assertThat(relay(client, "sluice-0.aa".getBytes(UTF_8)).replyType())
                    .isEqualTo(ReplyType.ERR_UNSUP);
              }
            })
        .doesNotThrowAnyException();
  }
}
