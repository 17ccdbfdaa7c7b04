/**
 * The REST API: its controllers, and the views they return. It must not know who may use it, the
 * NBD protocol, or how bytes move.
 */
@NullMarked
package dev.sluice.api;

import org.jspecify.annotations.NullMarked;
