/**
 * One export's byte stream: its order, window, zero fill, limits, state and counters, between a
 * client's connection and an endpoint. It must not know NBD's wire format, REST or Spring.
 */
@NullMarked
package dev.sluice.stream;

import org.jspecify.annotations.NullMarked;
