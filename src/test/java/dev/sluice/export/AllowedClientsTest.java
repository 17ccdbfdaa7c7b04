package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedClientsTest {

  private static final AllowedClients BACKUP = subjects("CN=backup,O=Example");
  private static final AllowedClients TEN = networks("10.0.0.0/8", "192.0.2.7");

  private static AllowedClients subjects(String... texts) {
    return new AllowedClients(Stream.of(texts).map(Subject::parse).toList(), List.of());
  }

  private static AllowedClients networks(String... texts) {
    return new AllowedClients(List.of(), Stream.of(texts).map(Network::parse).toList());
  }

  private static ClientIdentity client(@Nullable String address, @Nullable String subject) {
    return new ClientIdentity(
        address == null ? null : InetAddress.ofLiteral(address),
        subject == null ? null : new X500Principal(subject));
  }

  @Test
  void withoutListsEverybodyIsPermitted() {
    assertThat(AllowedClients.ALL.permits(client(null, null))).isTrue();
    assertThat(AllowedClients.ALL.permits(client("203.0.113.1", "CN=anybody"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"CN=backup,O=Example", "cn=BACKUP, o=example", "2.5.4.3=backup,O=Example"})
  void theSameSubjectIsPermittedHoweverItIsWritten(String subject) {
    assertThat(BACKUP.permits(client(null, subject))).isTrue();
    assertThat(subjects("CN=other", subject).permits(client(null, "CN=backup,O=Example"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CN=backup",
        "O=Example,CN=backup",
        "CN=backup,O=Example,C=DE",
        "CN=backup+O=Example",
        "CN=backup2,O=Example",
        "CN=\"backup,O=Example\"",
        "OU=backup,O=Example"
      })
  void anotherSubjectIsNot(String subject) {
    assertThat(BACKUP.permits(client(null, subject))).isFalse();
  }

  @Test
  void whoHasShownNoCertificateIsNot() {
    assertThat(BACKUP.permits(client("10.0.0.1", null))).isFalse();
    assertThat(BACKUP.needsCertificate()).isTrue();
    assertThat(BACKUP.needsAddress()).isFalse();
  }

  @Test
  void whoIsInOneOfTheNetworksIsPermittedAndWhoIsInNoneIsNot() {
    assertThat(TEN.permits(client("10.9.8.7", null))).isTrue();
    assertThat(TEN.permits(client("192.0.2.7", "CN=anybody"))).isTrue();
    assertThat(TEN.permits(client("192.0.2.8", null))).isFalse();
    assertThat(TEN.permits(client(null, null))).isFalse();
    assertThat(networks("0.0.0.0/0", "::/0").permits(client(null, null))).isFalse();
    assertThat(TEN.needsCertificate()).isFalse();
    assertThat(TEN.needsAddress()).isTrue();
  }

  @Test
  void bothListsHaveToPermit() {
    AllowedClients both = new AllowedClients(BACKUP.subjects(), TEN.networks());

    assertThat(both.permits(client("10.0.0.1", "CN=backup,O=Example"))).isTrue();
    assertThat(both.permits(client("11.0.0.1", "CN=backup,O=Example"))).isFalse();
    assertThat(both.permits(client("10.0.0.1", "CN=other"))).isFalse();
    assertThat(both.permits(client("10.0.0.1", null))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  ",
        "backup",
        "CN",
        "=x",
        "CN=a,",
        "CN=a,,O=b",
        "NOSUCH=x",
        "CN=\"a",
        "CN=#0"
      })
  void whatIsNoSubjectIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Subject.parse(text))
        .withMessage(
            "expected a certificate's subject as in RFC 4514, such as \"CN=backup,O=Example\"");
  }
}
