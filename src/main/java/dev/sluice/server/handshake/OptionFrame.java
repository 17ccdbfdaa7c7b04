package dev.sluice.server.handshake;

import java.nio.ByteBuffer;

/**
 * One option as it came, its length checked and its content not looked at.
 *
 * @param code the option's number
 * @param data its data, or nothing if it was oversized
 * @param oversized whether it was longer than any option needs to be; the data was skipped then
 */
record OptionFrame(int code, ByteBuffer data, boolean oversized) {}
