package dev.sluice.server.relay;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * The other pods, as the NBD listener knows them: which exports they own, and how pods prove to
 * each other who they are. Implementations are thread-safe and never block.
 */
public interface Elsewhere {

  /** For a service without other pods. */
  Elsewhere NOWHERE =
      new Elsewhere() {
        @Override
        public Optional<Place> find(String export) {
          return Optional.empty();
        }

        @Override
        public int maxRelays() {
          return 0;
        }

        @Override
        public void listensOn(InetSocketAddress bound) {}

        @Override
        public String self() {
          return "";
        }

        @Override
        public byte[] sign(byte[] statement) {
          throw new IllegalStateException("there are no other pods");
        }

        @Override
        public boolean knows(String pod) {
          return false;
        }

        @Override
        public boolean hasSigned(String pod, byte[] statement, byte[] signature) {
          return false;
        }
      };

  /** Returns where an open export of this name is, if another live pod owns it. */
  Optional<Place> find(String export);

  /** Returns how many clients this service may relay at a time. */
  int maxRelays();

  /** Tells the address that the NBD listener is bound to. */
  void listensOn(InetSocketAddress bound);

  /** Returns the name by which other pods know this one; empty if there are none. */
  String self();

  /** Signs a statement with this pod's key. */
  byte[] sign(byte[] statement);

  /** Returns whether this is the name of another live pod whose signatures can be checked. */
  boolean knows(String pod);

  /** Returns whether another live pod has signed this statement. */
  boolean hasSigned(String pod, byte[] statement, byte[] signature);
}
