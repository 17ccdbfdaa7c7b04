/**
 * Identifies NBD clients by their addresses and certificates, and decides whom a rule permits. It
 * must know neither exports nor connections.
 */
@NullMarked
package dev.sluice.client;

import org.jspecify.annotations.NullMarked;
