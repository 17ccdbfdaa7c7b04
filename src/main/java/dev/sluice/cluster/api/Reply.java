package dev.sluice.cluster.api;

import java.util.Map;

/** The response to a request. */
sealed interface Reply {

  /** A response with a body. */
  record Answer(int status, Map<String, String> headers, Body body) implements Reply {}

  /** A failure, which the exception resolver translates. */
  record Failure(Exception why) implements Reply {}
}
