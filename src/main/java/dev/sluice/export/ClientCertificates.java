package dev.sluice.export;

import java.util.Optional;

/** Knows whether clients can show who they are; whoever listens for them provides it. */
public interface ClientCertificates {

  /** Why no client can show a certificate, and what key changes that; nothing if clients can. */
  Optional<String> whyNone();
}
