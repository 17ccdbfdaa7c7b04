package dev.sluice.server.relay;

import dev.sluice.nbd.transmission.Dialect;

/**
 * What a client has negotiated with this pod. The owner has to use the same, because bytes are
 * relayed unchanged.
 *
 * @param dialect the format of requests and replies
 * @param noZeroes whether a reply to EXPORT_NAME has no padding
 */
public record Terms(Dialect dialect, boolean noZeroes) {}
