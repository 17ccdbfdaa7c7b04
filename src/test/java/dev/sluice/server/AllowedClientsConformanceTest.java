package dev.sluice.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.client.AllowedClients;
import dev.sluice.client.Network;
import dev.sluice.client.Subject;
import dev.sluice.export.Export;
import dev.sluice.logging.LogQuota;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.nbd.handshake.ReplyType;
import dev.sluice.server.handshake.Admission;
import dev.sluice.server.handshake.HandshakeFailure;
import dev.sluice.stream.Direction;
import dev.sluice.testing.Pki;
import dev.sluice.testing.Slow;
import dev.sluice.testing.Workspace;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/**
 * Exports that are not for everybody: section "SELECTIVETLS mode" where it takes a certificate, and
 * NBD_REP_ERR_POLICY of section "Option reply types".
 */
@Slow("Starts a service for most tests.")
@Timeout(120)
class AllowedClientsConformanceTest {

  private static final InetAddress FIRST = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress SECOND = InetAddress.ofLiteral("127.0.0.2");

  /** Every option that names an export, and can be refused. */
  private static final List<Integer> NAMING =
      List.of(
          Conformance.INFO,
          Conformance.LIST_META_CONTEXT,
          Conformance.SET_META_CONTEXT,
          Conformance.GO);

  private static RunningServer server;
  private static RunningServer plain;
  private static SSLContext backup;
  private static SSLContext other;
  private static SSLContext nobody;

  @BeforeAll
  static void start() throws Exception {
    Pki pki = new Pki("Sluice tests");
    Path files = Workspace.newFolder("server");
    X509Bundle certificate = pki.server();
    Pki.writeServer(files, certificate, pki);
    backup = context(certificate, pki.client("CN=backup,O=Example"));
    other = context(certificate, pki.client("CN=other,O=Example"));
    nobody = context(certificate, null);
    server = RunningServer.start(Pki.properties(files, "allow", "want").toArray(String[]::new));
    plain = RunningServer.start();
  }

  private static SSLContext context(X509Bundle trusted, @Nullable X509Bundle own) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    KeyManager[] keys = own == null ? null : own.toKeyManagerFactory().getKeyManagers();
    context.init(keys, new TrustManager[] {trusted.toTrustManager()}, null);
    return context;
  }

  @AfterAll
  static void stop() {
    server.close();
    plain.close();
  }

  @AfterEach
  void forgetExports() {
    for (RunningServer each : List.of(server, plain)) {
      each.exports().list().forEach(export -> each.exports().delete(export.name(), true));
      await().until(() -> each.nbd().connectionCount() == 0);
    }
  }

  private static Export export(RunningServer server, AllowedClients clients) {
    return server.listedExport("here", Direction.WRITE, 4096, clients);
  }

  private static AllowedClients subjects(String... texts) {
    return new AllowedClients(Stream.of(texts).map(Subject::parse).toList(), List.of());
  }

  private static AllowedClients networks(String... texts) {
    return new AllowedClients(List.of(), Stream.of(texts).map(Network::parse).toList());
  }

  /** A client in plaintext that can ask for metadata contexts. */
  private static TlsClient connect(RunningServer server, InetAddress from) throws IOException {
    TlsClient client = new TlsClient((InetSocketAddress) server.tcp(), from, 3);
    assertThat(client.ask(Conformance.STRUCTURED_REPLY)).isEqualTo(ReplyType.ACK);
    return client;
  }

  private static TlsClient encrypted(SSLContext context, InetAddress from) throws IOException {
    TlsClient client = connect(server, from);
    encrypt(client, context);
    return client;
  }

  private static void encrypt(TlsClient client, SSLContext context) throws IOException {
    assertThat(client.ask(Conformance.STARTTLS)).isEqualTo(ReplyType.ACK);
    client.encrypt(context);
    assertThat(client.ask(Conformance.STRUCTURED_REPLY)).isEqualTo(ReplyType.ACK);
  }

  private static byte[] naming(int option) {
    boolean contexts =
        option == Conformance.LIST_META_CONTEXT || option == Conformance.SET_META_CONTEXT;
    return contexts ? RawNbdClient.contextData("here") : RawNbdClient.infoData("here");
  }

  private static List<String> list(TlsClient client) throws IOException {
    return client.replies(Conformance.LIST).stream()
        .filter(reply -> reply.type() == ReplyType.SERVER)
        .map(reply -> reply.text().substring(4))
        .toList();
  }

  private static void assertPermitted(TlsClient client) throws IOException {
    assertThat(list(client)).containsExactly("here");
    for (int option : NAMING) { // GO last
      assertThat(client.ask(option, naming(option)))
          .as("option %d", option)
          .isEqualTo(ReplyType.ACK);
    }
  }

  private static void assertRefused(TlsClient client, ReplyType type) throws IOException {
    assertThat(list(client)).isEmpty();
    for (int option : NAMING) {
      TlsClient.Reply refusal = client.replies(option, naming(option)).getLast();
      assertThat(refusal.type()).as("option %d", option).isEqualTo(type);
      assertThat(refusal.text())
          .isNotEmpty()
          .doesNotContainIgnoringCase("network", "address", "subject", "CN=", "127.");
    }
    client.send(Conformance.EXPORT_NAME, "here".getBytes(US_ASCII));
    assertThat(client.isClosed()).isTrue();
  }

  // Subjects.

  @Test
  void theRightSubjectMayUseTheExport() throws IOException {
    export(server, subjects("CN=somebody", "cn=backup, o=Example"));
    try (TlsClient client = encrypted(backup, FIRST)) {
      assertPermitted(client);
    }
  }

  @Test
  void anotherSubjectAndWhoeverHasNoneMayNot() throws IOException {
    Export export = export(server, subjects("CN=backup,O=Example"));
    for (SSLContext context : List.of(other, nobody)) {
      try (TlsClient client = encrypted(context, FIRST)) {
        assertRefused(client, ReplyType.ERR_POLICY);
      }
    }
    assertThat(export.stream().status().clients()).isZero();
  }

  @Test
  void inPlaintextTheClientIsToldToStartTlsAndMayThenUseTheExport() throws IOException {
    export(server, subjects("CN=backup,O=Example"));
    try (TlsClient client = connect(server, FIRST)) {
      assertRefused(client, ReplyType.ERR_TLS_REQD);
    }
    try (TlsClient client = connect(server, FIRST)) {
      assertThat(client.ask(Conformance.GO, naming(Conformance.GO)))
          .isEqualTo(ReplyType.ERR_TLS_REQD);
      encrypt(client, backup);
      assertPermitted(client);
    }
  }

  @Test
  void aClientThatCannotStartTlsIsNotToldTo() throws IOException {
    export(server, subjects("CN=backup,O=Example"));
    try (TlsClient client = new TlsClient((InetSocketAddress) server.tcp(), 0)) {
      assertThat(client.ask(Conformance.INFO, naming(Conformance.INFO)))
          .isEqualTo(ReplyType.ERR_POLICY);
    }
  }

  // Networks.

  @Test
  void whoConnectsFromOneOfTheNetworksMayUseTheExport() throws IOException {
    for (RunningServer each : List.of(server, plain)) {
      export(each, networks("10.0.0.0/8", "127.0.0.2/31"));
      try (TlsClient client = connect(each, SECOND)) {
        assertPermitted(client);
      }
      try (TlsClient client = connect(each, FIRST)) {
        assertRefused(client, ReplyType.ERR_POLICY);
      }
    }
  }

  @Test
  void aClientOfTheUnixSocketIsInNoNetwork() throws IOException {
    export(plain, networks("0.0.0.0/0", "::/0"));
    try (RawNbdClient client = RawNbdClient.connect(plain.unix())) {
      assertThat(client.option(Conformance.GO, naming(Conformance.GO)).getLast().replyType())
          .isEqualTo(ReplyType.ERR_POLICY);
      assertThat(client.option(Conformance.LIST)).hasSize(1);
    }
  }

  @Test
  void bothListsHaveToPermit() throws IOException {
    AllowedClients both =
        new AllowedClients(
            subjects("CN=backup,O=Example").subjects(), networks("127.0.0.2").networks());
    export(server, both);
    try (TlsClient client = encrypted(backup, SECOND)) {
      assertPermitted(client);
    }
    try (TlsClient client = encrypted(backup, FIRST)) {
      assertRefused(client, ReplyType.ERR_POLICY);
    }
    try (TlsClient client = encrypted(other, SECOND)) {
      assertRefused(client, ReplyType.ERR_POLICY);
    }
  }

  // What the operator sees.

  @Test
  void aClientIsLoggedOnceHoweverOftenItAsks() throws IOException {
    export(server, subjects("CN=backup,O=Example"));
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    Logger logger = ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(Admission.class);
    lines.start();
    logger.addAppender(lines);
    try (TlsClient client = encrypted(other, SECOND)) {
      assertRefused(client, ReplyType.ERR_POLICY);
    } finally {
      logger.detachAppender(lines);
    }

    assertThat(lines.list).hasSize(1);
    assertThat(lines.list.getFirst().getFormattedMessage())
        .isEqualTo(
            "Export here is refused to a client from 127.0.0.2 with the certificate of CN=other,"
                + " O=Example, which is not permitted");
    assertThat(lines.list.getFirst().getMDCPropertyMap()).containsEntry("export", "here");
  }

  @Test
  void clientsThatAreRefusedAgainAndAgainDoNotFillTheLog() throws IOException {
    export(server, subjects("CN=backup,O=Example"));
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    Logger logger = ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(Admission.class);
    lines.start();
    logger.addAppender(lines);
    try {
      for (int i = 0; i < LogQuota.LINES + 5; i++) {
        try (TlsClient client = encrypted(other, SECOND)) {
          assertRefused(client, ReplyType.ERR_POLICY);
        }
      }
    } finally {
      logger.detachAppender(lines);
    }

    assertThat(lines.list).hasSize(LogQuota.LINES);
  }

  @Test
  void aClientThatGoesWithoutAnExportIsCountedAsRefusedWhateverItAskedFirst() throws IOException {
    export(server, subjects("CN=backup,O=Example"));
    for (int option : NAMING) {
      double before = server.failures(HandshakeFailure.REFUSED);
      try (TlsClient client = encrypted(other, FIRST)) {
        assertThat(client.ask(option, naming(option))).isEqualTo(ReplyType.ERR_POLICY);
        assertThat(client.ask(Conformance.ABORT)).isEqualTo(ReplyType.ACK);
      }
      await().until(() -> server.failures(HandshakeFailure.REFUSED) == before + 1);
    }
  }

  @Test
  void theUrisGivenOutAreThoseThatWorkForTheExportsClients() {
    assertThat(schemes(server, AllowedClients.ALL))
        .containsExactly("nbds", "nbds+unix", "nbd", "nbd+unix");
    assertThat(schemes(server, subjects("CN=a"))).containsExactly("nbds", "nbds+unix");
    assertThat(schemes(server, networks("::1"))).containsExactly("nbds", "nbd");
    assertThat(schemes(plain, networks("::1"))).containsExactly("nbd");
  }

  private static List<String> schemes(RunningServer server, AllowedClients clients) {
    Export export = export(server, clients);
    List<URI> uris = server.uris().of(export.spec());
    server.exports().delete(export.name(), false);
    return uris.stream().map(URI::getScheme).toList();
  }
}
