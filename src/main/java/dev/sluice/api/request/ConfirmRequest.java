package dev.sluice.api.request;

import dev.sluice.export.ByteCount;

/**
 * The body of {@code POST /exports/NAME/data/confirm}.
 *
 * @param bytes how many bytes the peer has received, by its own count
 */
public record ConfirmRequest(@Bytes(ByteCount.POSITION) Long bytes) implements RequestFields {}
