package dev.sluice.cli.remote.http;

import tools.jackson.databind.JsonNode;

/**
 * What the service has answered, which is no error.
 *
 * @param status the status, from 200 to 299
 * @param body the body as it came; empty if there is none
 * @param json what the body means; a missing node if there is none
 */
public record Answer(int status, String body, JsonNode json) {

  private static final int ACCEPTED = 202;

  /** Whether the service goes on with it. */
  public boolean isUnfinished() {
    return status == ACCEPTED;
  }
}
