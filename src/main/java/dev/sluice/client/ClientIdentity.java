package dev.sluice.client;

import java.net.InetAddress;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * The verified identity of a client.
 *
 * @param address the client's address; null if it connects to a Unix socket
 * @param subject the subject of its verified certificate; null if it has shown none
 */
public record ClientIdentity(@Nullable InetAddress address, @Nullable X500Principal subject) {

  /** Returns the identity of the same client after its TLS handshake. */
  public ClientIdentity with(@Nullable X500Principal verified) {
    return new ClientIdentity(address, verified);
  }

  /** Returns the address, and the subject if there is one, for the log. */
  @Override
  public String toString() {
    String from = address == null ? "the Unix socket" : address.getHostAddress();
    return subject == null ? from : "%s with the certificate of %s".formatted(from, subject);
  }
}
