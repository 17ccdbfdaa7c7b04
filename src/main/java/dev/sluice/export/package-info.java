/**
 * The managed resource: the set of exports, the files that they use, and their life cycle. It must
 * not know HTTP, the NBD wire format, or how bytes move.
 */
@NullMarked
package dev.sluice.export;

import org.jspecify.annotations.NullMarked;
