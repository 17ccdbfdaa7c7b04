/**
 * The NBD server. Netty accepts connections and runs the handshake; after it, each session has a
 * thread that passes requests to its stream. It must not know how a stream keeps order, nor
 * anything of REST.
 */
@NullMarked
package dev.sluice.server;

import org.jspecify.annotations.NullMarked;
