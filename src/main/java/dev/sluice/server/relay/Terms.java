package dev.sluice.server.relay;

import dev.sluice.nbd.transmission.Dialect;

/**
 * What a client has agreed on with this pod, and so has to have with the owner of an export.
 *
 * @param dialect how requests and replies look
 * @param noZeroes whether a reply to EXPORT_NAME has no padding
 */
public record Terms(Dialect dialect, boolean noZeroes) {}
