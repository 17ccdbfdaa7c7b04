package dev.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedClientsTest {

  /** Tags of values' types (X.690, 8.23). */
  private static final int UTF8 = 12;

  private static final int PRINTABLE = 19;
  private static final int T61 = 20;

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
      strings = {
        "CN=backup,O=Example",
        "cn=backup, o=Example",
        "CN = backup , O=\"Example\"",
        "2.5.4.3=backup,O=Example",
        "CN=\\62ackup,O=Example"
      })
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
        "OU=backup,O=Example",
        "CN=BACKUP,O=Example",
        "CN=backup,O=example",
        "CN=backup\\ ,O=Example",
        "CN=\uFF42ackup,O=Example"
      })
  void anotherSubjectIsNot(String subject) {
    assertThat(BACKUP.permits(client(null, subject))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "CN=\uFB01nance, CN=finance",
    "CN=\u212Aelvin, CN=Kelvin",
    "CN=x\u00B2, CN=x2",
    "CN=\u00E9, CN=e\u0301",
    "CN=STRASSE, CN=strasse",
    "CN=a  b, CN=a b",
  })
  void namesThatOnlyLookAlikeAreTwo(String one, String other) {
    assertThat(subjects(one).permits(client(null, one))).isTrue();
    assertThat(subjects(one).permits(client(null, other))).isFalse();
    assertThat(subjects(other).permits(client(null, one))).isFalse();
  }

  @Test
  void theOrderWithinASetMeansNothing() {
    X500Principal set = new X500Principal(new X500Principal("CN=a+OU=b,O=c").getEncoded());

    for (String text : List.of("CN=a+OU=b,O=c", "OU=b+CN=a,O=c")) {
      assertThat(subjects(text).permits(new ClientIdentity(null, set))).as(text).isTrue();
    }
  }

  @Test
  void whatIsTheSameTextInAnotherEncodingIsTheSameAndWhatIsNoTextIsNobody() {
    assertThat(subjects("CN=ab").permits(encoded(PRINTABLE, 'a', 'b'))).isTrue();
    assertThat(subjects("CN=ab").permits(encoded(UTF8, 'a', 'b'))).isTrue();
    assertThat(subjects("CN=\u00E4").permits(encoded(UTF8, 0xC3, 0xA4))).isTrue();
    for (String text : List.of("CN=a", "CN=\u00F6", "CN=?")) {
      for (int type : new int[] {PRINTABLE, UTF8, T61}) {
        assertThat(subjects(text).permits(encoded(type, 0xE4))).as(text).isFalse();
      }
    }
    assertThat(subjects("CN=\u00E4").permits(encoded(UTF8, 0xE4))).isFalse();
  }

  /** A client whose certificate's CN has a value of this type with these bytes. */
  private static ClientIdentity encoded(int type, int... value) {
    int length = value.length;
    byte[] der = new byte[13 + length];
    int[] head = {
      0x30, 11 + length, 0x31, 9 + length, 0x30, 7 + length, 6, 3, 0x55, 4, 3, type, length
    };
    for (int i = 0; i < der.length; i++) {
      der[i] = (byte) (i < head.length ? head[i] : value[i - head.length]);
    }
    return new ClientIdentity(null, new X500Principal(der));
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
        "CN=#0",
        "CN=\uFFFD"
      })
  void whatIsNoSubjectIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Subject.parse(text))
        .withMessage(
            "expected a certificate's subject as in RFC 4514, such as \"CN=backup,O=Example\"");
  }
}
