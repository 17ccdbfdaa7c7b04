/**
 * What a stream promises: which bytes of which request go where, what is refused, and when a stream
 * is complete. It must not know NBD's wire format, REST or Spring.
 */
@NullMarked
package dev.sluice.stream.bytes;

import org.jspecify.annotations.NullMarked;
