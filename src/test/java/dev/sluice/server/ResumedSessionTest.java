package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.nbd.ReplyType;
import dev.sluice.testing.Pki;
import dev.sluice.testing.Workspace;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that come back with the TLS session they had, when their certificate is no good now. */
@Timeout(240)
class ResumedSessionTest {

  /** From now on, or as long as the first connection takes on a busy machine. */
  private static final Duration VALID = Duration.ofSeconds(20);

  private final Path files = Workspace.newFolder("server");

  // Set by start, with which each test begins.
  @SuppressWarnings("NullAway.Init")
  private RunningServer server;

  @SuppressWarnings("NullAway.Init")
  private X509Bundle certificate;

  @SuppressWarnings("NullAway.Init")
  private SSLContext client;

  @AfterEach
  void stop() {
    server.close();
  }

  private Instant start(String provider, Duration valid) throws Exception {
    Pki pki = new Pki("Sluice tests");
    certificate = pki.server();
    Pki.writeServer(files, certificate, pki);
    server =
        RunningServer.start(
            Stream.concat(
                    Pki.properties(files, "require", "need").stream(),
                    Stream.of("sluice.nbd.tls.provider=" + provider))
                .toArray(String[]::new));
    Instant end = Instant.now().plus(valid).truncatedTo(ChronoUnit.SECONDS);
    client = SSLContext.getInstance("TLS");
    client.init(
        pki.clientUntil("CN=backup", end).toKeyManagerFactory().getKeyManagers(),
        new TrustManager[] {certificate.toTrustManager()},
        null);
    return end;
  }

  private boolean isLetIn(String version) throws IOException {
    try (TlsClient connected = new TlsClient((InetSocketAddress) server.tcp(), 3)) {
      assertThat(connected.ask(Conformance.STARTTLS)).isEqualTo(ReplyType.ACK);
      try {
        connected.encrypt(client, version);
        return connected.ask(Conformance.LIST) == ReplyType.ACK;
      } catch (IOException e) {
        return false;
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"jdk, TLSv1.3", "jdk, TLSv1.2", "openssl, TLSv1.3", "openssl, TLSv1.2"})
  void aCertificateThatHasExpiredIsNotLetInAgain(String provider, String version) throws Exception {
    Instant end = start(provider, VALID);
    assertThat(isLetIn(version)).isTrue();
    assertThat(isLetIn(version)).isTrue();

    await().atMost(VALID.multipliedBy(2)).until(() -> Instant.now().isAfter(end));

    assertThat(isLetIn(version)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"jdk, TLSv1.3", "jdk, TLSv1.2", "openssl, TLSv1.3", "openssl, TLSv1.2"})
  void aCertificateOfAnAuthorityThatIsNotTrustedAnyMoreIsNotLetInAgain(
      String provider, String version) throws Exception {
    start(provider, Duration.ofDays(1));
    assertThat(isLetIn(version)).isTrue();

    Pki.writeServer(files, certificate, new Pki("Another authority"));

    await().ignoreExceptions().until(() -> !isLetIn(version));
  }
}
