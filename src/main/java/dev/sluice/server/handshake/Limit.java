package dev.sluice.server.handshake;

/** The limits at which a connection is closed, or a client refused what it asks for. */
public enum Limit {
  /** {@code sluice.nbd.max-connections}. */
  CONNECTIONS,
  /** {@code sluice.nbd.max-connections-per-address}. */
  CONNECTIONS_PER_ADDRESS,
  /** {@code sluice.nbd.max-connections-per-export}. */
  CONNECTIONS_PER_EXPORT,
  /** {@code sluice.nbd.handshake-timeout}. */
  HANDSHAKE_TIMEOUT,
  /** {@code sluice.nbd.max-options}. */
  OPTIONS,
  /** {@code sluice.nbd.max-option-length}. */
  OPTION_LENGTH,
  /** {@code sluice.kubernetes.max-relays}. */
  RELAYS,
  /** RLIMIT_NOFILE, less what is kept for streams that are there; no key. */
  DESCRIPTORS,
  /** What Netty keeps of answers that a client does not read; no key. */
  UNREAD_ANSWERS
}
