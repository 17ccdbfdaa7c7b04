package dev.sluice.api.request;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.api.problem.ProblemException;
import dev.sluice.api.problem.ProblemType;
import dev.sluice.client.AllowedClients;
import dev.sluice.client.ClientIdentification;
import dev.sluice.client.Network;
import dev.sluice.client.Subject;
import dev.sluice.export.ExportProperties;
import dev.sluice.export.ExportRules;
import dev.sluice.export.ExportSpec;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class ClientsFieldTest {

  private static final ExportProperties DEFAULTS =
      new Binder(new MapConfigurationPropertySource())
          .bindOrCreate("sluice.exports", ExportProperties.class);

  private static final String LIST = "expected a list of 1 to 64 strings";

  static final ClientIdentification BY_ANYTHING =
      new Identification(Optional.empty(), Optional.empty());

  private record Identification(Optional<String> whyNoCertificate, Optional<String> whyNoAddress)
      implements ClientIdentification {}

  private static AllowedClients read(String body, ClientIdentification identification) {
    String whole = body.replaceFirst("[{]", "{\"path\": \"/a\", \"direction\": \"read\",");
    JsonBody<ExportRequest> asked =
        JsonBody.read(whole.replace(",}", "}").getBytes(UTF_8), ExportRequest.class);
    ExportSpec spec = asked.value().spec(DEFAULTS);
    asked.refuseFor(new ExportRules(DEFAULTS, identification).check(spec));
    return spec.clients();
  }

  private static AllowedClients clients(String value) {
    return read("{\"clients\": %s}".formatted(value), BY_ANYTHING);
  }

  private static String entries(int count, String entry) {
    return Collections.nCopies(count, '"' + entry + '"').toString();
  }

  @Test
  void leftOutOrNullItPermitsAll() {
    assertThat(read("{}", BY_ANYTHING)).isEqualTo(AllowedClients.ALL);
    assertThat(clients("null")).isEqualTo(AllowedClients.ALL);
  }

  @Test
  void bothListsAreReadAndEitherMayBeLeftOut() {
    AllowedClients both =
        clients(
            """
            {"subjects": ["CN=backup,O=Example", "cn=other"],
             "networks": ["10.0.0.0/8", "2001:db8::/32", "192.0.2.7"]}\
            """);

    assertThat(both.subjects())
        .containsExactly(Subject.parse("CN=backup,O=Example"), Subject.parse("cn=other"));
    assertThat(both.networks())
        .extracting(Network::text)
        .containsExactly("10.0.0.0/8", "2001:db8::/32", "192.0.2.7");
    assertThat(clients("{\"subjects\": [\"CN=a\"], \"networks\": null}").networks()).isEmpty();
    assertThat(clients("{\"networks\": [\"::1\"]}").subjects()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | clients | {} | it is empty; expected subjects, networks or both",
        "{\"subjects\": null} | clients | {\"subjects\":null} | it is empty",
        "[] | clients | [] | expected an object with the fields [subjects, networks]",
        "\"10.0.0.0/8\" | clients | \"10.0.0.0/8\" | expected an object",
        "{\"names\": []} | clients.names | [] | there is no such field",
        "{\"subjects\": []} | clients.subjects | [] | " + LIST,
        "{\"networks\": []} | clients.networks | [] | " + LIST,
        "{\"networks\": \"::1\"} | clients.networks | \"::1\" | " + LIST,
        "{\"networks\": {}} | clients.networks | {} | " + LIST,
        "{\"networks\": [\"::1\", 7]} | clients.networks | 7 | expected strings in it",
        "{\"networks\": [null]} | clients.networks | null | expected strings in it",
        "{\"networks\": [\"::1\", \"a.example\"]} | clients.networks | \"a.example\" | expected an"
            + " IPv4",
        "{\"networks\": [\"10.0.0.1/8\"]} | clients.networks | \"10.0.0.1/8\" | it has bits beyond"
            + " its",
        "{\"subjects\": [\"CN=a\", \"b\"]} | clients.subjects | \"b\" | expected a certificate's"
            + " subject",
        "{\"subjects\": [\"CN=a\"], \"networks\": []} | clients.networks | [] | " + LIST,
      })
  void whatMakesNoSenseIsRefusedByItsName(
      String value, String field, String blamed, String complaint) {
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> clients(value))
        .withMessageStartingWith(field + ": " + complaint)
        .satisfies(
            refused -> {
              assertThat(refused.type()).isEqualTo(ProblemType.WRONG_FIELDS);
              assertThat(refused.errors().getFirst().field()).isEqualTo(field);
              assertThat(String.valueOf(refused.errors().getFirst().value())).isEqualTo(blamed);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"subjects CN=a", "networks 10.0.0.0/8"})
  void aListHasAtMostSixtyFourEntries(String fieldAndEntry) {
    String field = fieldAndEntry.split(" ")[0];
    String entry = fieldAndEntry.split(" ")[1];
    AllowedClients most = clients("{\"%s\": %s}".formatted(field, entries(64, entry)));

    assertThat(most.subjects().size() + most.networks().size()).isEqualTo(64);
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> clients("{\"%s\": %s}".formatted(field, entries(65, entry))))
        .withMessage("clients.%s: %s", field, LIST);
  }

  @Test
  void whereNobodyCanShowACertificateSubjectsAreRefusedAndNetworksAreNot() {
    var none = new Identification(Optional.of("the key says no"), Optional.empty());

    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> read("{\"clients\": {\"subjects\": [\"CN=a\"]}}", none))
        .withMessage("clients.subjects: the key says no");
    assertThat(read("{\"clients\": {\"networks\": [\"::1\"]}}", none).networks()).hasSize(1);
  }

  @Test
  void whereNobodyHasAnAddressNetworksAreRefusedAndSubjectsAreNot() {
    var none = new Identification(Optional.empty(), Optional.of("the key says no"));

    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> read("{\"clients\": {\"networks\": [\"::1\"]}}", none))
        .withMessage("clients.networks: the key says no");
    assertThat(read("{\"clients\": {\"subjects\": [\"CN=a\"]}}", none).subjects()).hasSize(1);
  }
}
