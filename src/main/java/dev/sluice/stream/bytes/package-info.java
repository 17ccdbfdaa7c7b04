/**
 * What a stream guarantees: where the bytes of each request go, what is refused, and when a stream
 * is complete. It must not know NBD's wire format, REST or Spring.
 */
@NullMarked
package dev.sluice.stream.bytes;

import org.jspecify.annotations.NullMarked;
