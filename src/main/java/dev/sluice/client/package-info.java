/**
 * Who an NBD client is, by its address and its certificate, and whom a rule permits. It must know
 * neither exports nor connections.
 */
@NullMarked
package dev.sluice.client;

import org.jspecify.annotations.NullMarked;
