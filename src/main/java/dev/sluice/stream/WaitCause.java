package dev.sluice.stream;

/** What a stream has to wait for before its bytes can move on. */
public enum WaitCause {
  /** The client has sent no request or payload, or takes no reply. */
  CLIENT,
  /** The peer has not come, gives no bytes, or takes none. */
  PEER,
  /** The stream is as fast as its rate limit permits. */
  RATE_LIMIT,
  /** Windows, most of them other streams', have the memory. */
  WINDOW_MEMORY,
  /** Another client's request is being served. */
  OTHER_CLIENT
}
