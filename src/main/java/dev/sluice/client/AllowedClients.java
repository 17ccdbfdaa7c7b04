package dev.sluice.client;

import java.net.InetAddress;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/**
 * The rules for the clients of an export. A client has to match both lists. An empty list matches
 * every client.
 *
 * @param subjects the permitted certificate subjects
 * @param networks the permitted client addresses
 */
public record AllowedClients(List<Subject> subjects, List<Network> networks) {

  /** Permits every client. */
  public static final AllowedClients ALL = new AllowedClients(List.of(), List.of());

  /** Copies the lists. */
  public AllowedClients {
    subjects = List.copyOf(subjects);
    networks = List.copyOf(networks);
  }

  /**
   * Returns whether the rules keep no client out: there are none, or only networks, one of which
   * has all addresses of a family.
   */
  public boolean keepsNobodyOut() {
    return subjects.isEmpty()
        && (networks.isEmpty() || networks.stream().anyMatch(network -> network.prefix() == 0));
  }

  /** Returns whether clients need a certificate, and so TLS. */
  public boolean needsCertificate() {
    return !subjects.isEmpty();
  }

  /** Returns whether clients need an address. Those that connect to a Unix socket have none. */
  public boolean needsAddress() {
    return !networks.isEmpty();
  }

  /** Returns whether a client may use the export. */
  public boolean permits(ClientIdentity client) {
    return permitsSubject(client) && permitsAddress(client);
  }

  private boolean permitsSubject(ClientIdentity client) {
    X500Principal shown = client.subject();
    return subjects.isEmpty()
        || (shown != null && subjects.stream().anyMatch(subject -> subject.is(shown)));
  }

  private boolean permitsAddress(ClientIdentity client) {
    InetAddress address = client.address();
    return networks.isEmpty()
        || (address != null && networks.stream().anyMatch(network -> network.contains(address)));
  }
}
