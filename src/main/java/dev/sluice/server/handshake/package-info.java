/**
 * The handshake with one client: its options, which exports it may see and use, and how the
 * connection becomes a session. It must not know how a session serves requests, nor who listens.
 */
@NullMarked
package dev.sluice.server.handshake;

import org.jspecify.annotations.NullMarked;
