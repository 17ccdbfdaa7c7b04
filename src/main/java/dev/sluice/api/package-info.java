/**
 * The REST API: its controllers, and the views they show. It must not know who may use it, NBD's
 * wire format, or how bytes move.
 */
@NullMarked
package dev.sluice.api;

import org.jspecify.annotations.NullMarked;
