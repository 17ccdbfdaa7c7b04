package dev.sluice.api.request;

import dev.sluice.export.ByteCount;

/**
 * The body of {@code POST /exports/NAME/data/confirm}.
 *
 * @param bytes how many the peer has got, as it counted them
 */
public record ConfirmRequest(@Bytes(ByteCount.POSITION) Long bytes) implements RequestFields {}
