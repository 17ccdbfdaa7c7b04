/**
 * Requests of all clients, one after the other and on time: the lock, the timers, and how clients
 * leave. What a request does is a callback; it must not know which way bytes go.
 */
@NullMarked
package dev.sluice.stream.request;

import org.jspecify.annotations.NullMarked;
