/**
 * Relays NBD clients to exports of other pods: the handshake with the owner, then the bytes of both
 * directions. It must not know this pod's exports or sessions, nor how pods find each other.
 */
@NullMarked
package dev.sluice.server.relay;

import org.jspecify.annotations.NullMarked;
