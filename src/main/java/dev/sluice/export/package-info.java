/**
 * The managed resource: which exports there are, what each of them uses, and how they come and go.
 * It must not know HTTP, NBD's wire format, or how bytes move.
 */
@NullMarked
package dev.sluice.export;

import org.jspecify.annotations.NullMarked;
