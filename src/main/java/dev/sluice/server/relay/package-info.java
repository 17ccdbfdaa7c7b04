/**
 * The way of a client to an export that another pod has: where that is, the handshake there on the
 * client's behalf, and the bytes of both directions. It must not know exports or sessions of its
 * own, nor how pods are found.
 */
@NullMarked
package dev.sluice.server.relay;

import org.jspecify.annotations.NullMarked;
