package dev.sluice.server.handshake;

import java.nio.ByteBuffer;

/**
 * An option as received. Its length was checked, and its data was not decoded.
 *
 * @param code the option's number
 * @param data its data; empty if it was oversized
 * @param oversized whether its data was longer than permitted, and was skipped
 */
record OptionFrame(int code, ByteBuffer data, boolean oversized) {}
