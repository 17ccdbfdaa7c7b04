/**
 * The transmission phase with one client: requests, replies, and the thread that passes them to the
 * export's stream. It must not know Netty, nor how its client was admitted.
 */
@NullMarked
package dev.sluice.server.session;

import org.jspecify.annotations.NullMarked;
