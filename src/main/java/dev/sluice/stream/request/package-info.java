/**
 * Requests of all clients, one at a time and with time limits: the lock, the timers, and how
 * clients leave. What a request does is a callback. This package must not know the direction of the
 * bytes.
 */
@NullMarked
package dev.sluice.stream.request;

import org.jspecify.annotations.NullMarked;
