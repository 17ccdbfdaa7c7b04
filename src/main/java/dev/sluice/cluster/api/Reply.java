package dev.sluice.cluster.api;

import java.util.Map;

/** What a request is answered. */
sealed interface Reply {

  /** An answer with these headers. */
  record Answer(int status, Map<String, String> headers, Body body) implements Reply {}

  /** A problem. */
  record Trouble(Exception why) implements Reply {}
}
