/**
 * A peer that gets the bytes of a stream, or puts them, by HTTP. It must not know of NBD, or of the
 * order of bytes.
 */
@NullMarked
package dev.sluice.api.data;

import org.jspecify.annotations.NullMarked;
