package dev.sluice.cli.remote.http;

import tools.jackson.databind.JsonNode;

/**
 * A successful response of the service.
 *
 * @param status the status, from 200 to 299
 * @param body the body as it came; empty if there is none
 * @param json the parsed body; a missing node if there is none
 */
public record Answer(int status, String body, JsonNode json) {

  private static final int ACCEPTED = 202;

  /** Returns whether the service is still working on the request (status 202). */
  public boolean isUnfinished() {
    return status == ACCEPTED;
  }
}
