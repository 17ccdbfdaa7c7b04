/**
 * The NBD server: Netty accepts connections and carries out the handshake; each negotiated session
 * then has a thread that carries requests to its stream. It must not know how a stream keeps order,
 * nor anything of REST.
 */
@NullMarked
package dev.sluice.server;

import org.jspecify.annotations.NullMarked;
