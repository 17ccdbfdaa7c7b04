/**
 * Peers that get or put the bytes of a stream by HTTP. It must not know NBD, or the order of bytes.
 */
@NullMarked
package dev.sluice.api.data;

import org.jspecify.annotations.NullMarked;
