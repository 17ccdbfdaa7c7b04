package dev.sluice.client;

import java.net.InetAddress;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/**
 * Which clients may use an export: those that both lists permit. An empty list permits everybody.
 *
 * @param subjects whom a client's certificate has to be for, one of these
 * @param networks where a client has to connect from, one of these
 */
public record AllowedClients(List<Subject> subjects, List<Network> networks) {

  /** Nobody is kept out. */
  public static final AllowedClients ALL = new AllowedClients(List.of(), List.of());

  /** The lists are copied. */
  public AllowedClients {
    subjects = List.copyOf(subjects);
    networks = List.copyOf(networks);
  }

  /**
   * Whether nobody is kept out who can connect: there is no rule, or a network of all addresses of
   * a kind is in it.
   */
  public boolean keepsNobodyOut() {
    return subjects.isEmpty()
        && (networks.isEmpty() || networks.stream().anyMatch(network -> network.prefix() == 0));
  }

  /** Whether a client needs a certificate, and so TLS. */
  public boolean needsCertificate() {
    return !subjects.isEmpty();
  }

  /** Whether a client needs an address. Who connects to a Unix socket has none. */
  public boolean needsAddress() {
    return !networks.isEmpty();
  }

  /** Whether a client may use the export. */
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
