package dev.sluice.client;

import java.net.InetAddress;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * What is known for sure of a client.
 *
 * @param address where it connects from, or null if not over a network
 * @param subject whom its certificate is for, if it has shown one that was verified
 */
public record ClientIdentity(@Nullable InetAddress address, @Nullable X500Principal subject) {

  /** The same client once TLS has shown who it is, or that it has no certificate. */
  public ClientIdentity with(@Nullable X500Principal verified) {
    return new ClientIdentity(address, verified);
  }

  /** For the log: the address, and the subject if there is one. */
  @Override
  public String toString() {
    String from = address == null ? "the Unix socket" : address.getHostAddress();
    return subject == null ? from : "%s with the certificate of %s".formatted(from, subject);
  }
}
