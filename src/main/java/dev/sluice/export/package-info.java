/**
 * The managed resource: which exports there are, how they are asked for over REST, and what is
 * answered, problems included. It must not know NBD's wire format, or how bytes move.
 */
@NullMarked
package dev.sluice.export;

import org.jspecify.annotations.NullMarked;
