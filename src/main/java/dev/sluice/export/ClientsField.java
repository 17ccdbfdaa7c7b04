package dev.sluice.export;

import java.util.List;
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
  static AllowedClients read(JsonFields body, ClientCertificates certificates) {
    @Nullable JsonFields fields = body.object(NAME, List.of("subjects", "networks"));
    if (fields == null) {
      return AllowedClients.ALL;
    }
    List<Subject> subjects = fields.list("subjects", MAX_ENTRIES, Subject::parse);
    if (!subjects.isEmpty()) {
      certificates
          .whyNone()
          .ifPresent(
              complaint -> {
                throw fields.invalid("subjects", complaint);
              });
    }
    List<Network> networks = fields.list("networks", MAX_ENTRIES, Network::parse);
    if (subjects.isEmpty() && networks.isEmpty()) {
      throw body.invalid(NAME, "it is empty; expected subjects, networks or both");
    }
    return new AllowedClients(subjects, networks);
  }
}
