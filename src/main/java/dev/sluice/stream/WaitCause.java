package dev.sluice.stream;

/** What a stream waits for before its bytes can move. */
public enum WaitCause {
  /** The client has sent no request or payload, or takes no reply. */
  CLIENT,
  /** The peer has not opened its end, gives no bytes, or takes none. */
  PEER,
  /** The rate limit permits no more bytes yet. */
  RATE_LIMIT,
  /** The window memory is in use, most of it by other streams. */
  WINDOW_MEMORY,
  /** Another client's request is being served. */
  OTHER_CLIENT
}
