package dev.sluice.client;

import java.util.Optional;

/** Knows by what clients can be told apart; whoever listens for them provides it. */
public interface ClientIdentification {

  /** Why no client can show a certificate, and what key changes that; nothing if clients can. */
  Optional<String> whyNoCertificate();

  /** Why no client has an address, and what key changes that; nothing if clients have. */
  Optional<String> whyNoAddress();
}
