package dev.sluice.client;

import java.util.Optional;

/** Tells by what clients can be identified. The listener implements it. */
public interface ClientIdentification {

  /**
   * Returns why no client can show a certificate, and which key changes that; empty if clients can.
   */
  Optional<String> whyNoCertificate();

  /**
   * Returns why no client has an address, and which key changes that; empty if clients have one.
   */
  Optional<String> whyNoAddress();
}
