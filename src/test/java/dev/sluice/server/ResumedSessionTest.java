package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.nbd.handshake.ReplyType;
import dev.sluice.testing.Pki;
import dev.sluice.testing.Slow;
import dev.sluice.testing.Workspace;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that come back with the TLS session they had, when their certificate is no good now. */
@Slow("Waits until a certificate has expired.")
@Timeout(240)
class ResumedSessionTest {

  private static final List<String> PROVIDERS = List.of("jdk", "openssl");

  private static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");

  /** How long a certificate is good at first; each try takes one that is good for twice as long. */
  private static final Duration SHORTEST = Duration.ofSeconds(2);

  /** More than a few connections take on a busy machine. */
  private static final Duration LONGEST = Duration.ofSeconds(64);

  /** A service with an authority of its own. */
  private static final class Server implements AutoCloseable {

    private final Path files = Workspace.newFolder("server");
    private final Pki pki = new Pki("Sluice tests");
    private final X509Bundle certificate = pki.server();
    private final String provider;
    private final RunningServer running;

    Server(String provider) throws Exception {
      this.provider = provider;
      Pki.writeServer(files, certificate, pki);
      running =
          RunningServer.start(
              Stream.concat(
                      Pki.properties(files, "require", "need").stream(),
                      Stream.of("sluice.nbd.tls.provider=" + provider))
                  .toArray(String[]::new));
    }

    /** A client of this version of TLS whose certificate is good until then. */
    Client client(String version, Instant end) throws Exception {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          pki.clientUntil("CN=backup", end).toKeyManagerFactory().getKeyManagers(),
          new TrustManager[] {certificate.toTrustManager()},
          null);
      return new Client((InetSocketAddress) running.tcp(), provider, version, context);
    }

    /** Does not trust its clients' authority any more. */
    void trustAnotherAuthority() throws Exception {
      Pki.writeServer(files, certificate, new Pki("Another authority"));
    }

    @Override
    public void close() {
      running.close();
    }
  }

  /** One that keeps its session for the next connection. */
  private record Client(
      InetSocketAddress server, String provider, String version, SSLContext context) {

    boolean isLetIn() throws IOException {
      try (TlsClient connected = new TlsClient(server, 3)) {
        assertThat(connected.ask(Conformance.STARTTLS)).isEqualTo(ReplyType.ACK);
        try {
          connected.encrypt(context, version);
          return connected.ask(Conformance.LIST) == ReplyType.ACK;
        } catch (IOException e) {
          return false;
        }
      }
    }
  }

  /** All clients wait for the end of their certificates together. */
  @Test
  void aCertificateThatHasExpiredIsNotLetInAgain() throws Exception {
    List<Server> servers = new ArrayList<>();
    try {
      for (String provider : PROVIDERS) {
        servers.add(new Server(provider));
      }
      Duration valid = SHORTEST;
      while (!areLetInUntilTheyExpire(servers, valid)) {
        valid = valid.multipliedBy(2);
        assertThat(valid).as("for connections").isLessThanOrEqualTo(LONGEST);
      }
    } finally {
      servers.forEach(Server::close);
    }
  }

  /** Whether the clients were fast enough to be let in twice before their certificates expired. */
  private static boolean areLetInUntilTheyExpire(List<Server> servers, Duration valid)
      throws Exception {
    Instant end = Instant.now().plus(valid).truncatedTo(ChronoUnit.SECONDS);
    List<Client> clients = new ArrayList<>();
    List<Boolean> letIn = new ArrayList<>();
    for (Server server : servers) {
      for (String version : VERSIONS) {
        Client client = server.client(version, end);
        clients.add(client);
        letIn.add(client.isLetIn());
        letIn.add(client.isLetIn());
      }
    }
    if (!Instant.now().isBefore(end)) {
      return false;
    }
    assertThat(letIn).containsOnly(true);

    await().atMost(valid.multipliedBy(2)).until(() -> Instant.now().isAfter(end));

    for (Client client : clients) {
      assertThat(client.isLetIn()).as(client.toString()).isFalse();
    }
    return true;
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdk", "openssl"})
  void aCertificateOfAnAuthorityThatIsNotTrustedAnyMoreIsNotLetInAgain(String provider)
      throws Exception {
    try (Server server = new Server(provider)) {
      List<Client> clients = new ArrayList<>();
      for (String version : VERSIONS) {
        Client client = server.client(version, Instant.now().plus(Duration.ofDays(1)));
        assertThat(client.isLetIn()).isTrue();
        clients.add(client);
      }

      server.trustAnotherAuthority();

      for (Client client : clients) {
        await().ignoreExceptions().until(() -> !client.isLetIn());
      }
    }
  }
}
