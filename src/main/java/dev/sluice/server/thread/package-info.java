/** The threads that serve clients after the handshake. It must not know what they do. */
@NullMarked
package dev.sluice.server.thread;

import org.jspecify.annotations.NullMarked;
