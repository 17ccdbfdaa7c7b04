/**
 * Bytes of a stream that are kept in memory, and the memory that all streams share for that. It
 * must know nobody who waits for either.
 */
@NullMarked
package dev.sluice.stream.window;

import org.jspecify.annotations.NullMarked;
