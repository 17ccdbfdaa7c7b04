/**
 * The REST API: controllers, the requests they take, the views they show, and problems, the one
 * format of errors. It must not know who may use it, NBD's wire format, or how bytes move.
 */
@NullMarked
package dev.sluice.api;

import org.jspecify.annotations.NullMarked;
