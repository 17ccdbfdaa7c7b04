package dev.sluice.server.handshake;

/** The limits beyond which a connection is closed, or an option is refused. */
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
  /** RLIMIT_NOFILE, less what is reserved for running streams; no key. */
  DESCRIPTORS,
  /** Netty's buffer for answers that a client does not read; no key. */
  UNREAD_ANSWERS
}
