package dev.sluice.api;

import dev.sluice.client.AllowedClients;
import dev.sluice.client.ClientIdentification;
import dev.sluice.client.Network;
import dev.sluice.client.Subject;
import dev.sluice.export.RefusedException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The field of a request that says who may use the export. */
final class ClientsField {

  /** So much is compared with each client, on the thread that all handshakes share. */
  static final int MAX_ENTRIES = 64;

  private static final String NAME = "clients";

  private ClientsField() {}

  /**
   * Reads it.
   *
   * @throws RefusedException when it is empty, or permits those whom nobody could know
   */
  static AllowedClients read(JsonFields body, ClientIdentification identification) {
    @Nullable JsonFields fields = body.object(NAME, List.of("subjects", "networks"));
    if (fields == null) {
      return AllowedClients.ALL;
    }
    List<Subject> subjects = fields.list("subjects", MAX_ENTRIES, Subject::parse);
    if (!subjects.isEmpty()) {
      refuse(fields, "subjects", identification.whyNoCertificate());
    }
    List<Network> networks = fields.list("networks", MAX_ENTRIES, Network::parse);
    if (!networks.isEmpty()) {
      refuse(fields, "networks", identification.whyNoAddress());
    }
    if (subjects.isEmpty() && networks.isEmpty()) {
      throw body.invalid(NAME, "it is empty; expected subjects, networks or both");
    }
    return new AllowedClients(subjects, networks);
  }

  private static void refuse(JsonFields fields, String field, Optional<String> complaint) {
    complaint.ifPresent(
        text -> {
          throw fields.invalid(field, text);
        });
  }
}
