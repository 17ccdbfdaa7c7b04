package dev.sluice.server.relay;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Where exports are that this service does not have, and what those who have them believe of this
 * one. Called by many threads at once; nothing of it waits.
 */
public interface Elsewhere {

  /** There are no others. */
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
          throw new IllegalStateException("there is nobody who would read it");
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

  /** The other pod that has an open export of this name. */
  Optional<Place> find(String export);

  /** How many clients of exports that are elsewhere this service may have at a time. */
  int maxRelays();

  /** The NBD listener has begun to listen there. */
  void listensOn(InetSocketAddress bound);

  /** What this pod is called among the others. */
  String self();

  /** Puts this pod's name to a statement. */
  byte[] sign(byte[] statement);

  /** Whether this is the name of another pod, which gives signs of life. */
  boolean knows(String pod);

  /** Whether such a pod has put its name to a statement. */
  boolean hasSigned(String pod, byte[] statement, byte[] signature);
}
