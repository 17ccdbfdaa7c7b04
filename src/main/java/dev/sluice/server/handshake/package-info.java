/**
 * The handshake with one client: its options, what it may know of and have, and how the connection
 * goes on as a session. It must not know how a session serves requests, nor who listens.
 */
@NullMarked
package dev.sluice.server.handshake;

import org.jspecify.annotations.NullMarked;
