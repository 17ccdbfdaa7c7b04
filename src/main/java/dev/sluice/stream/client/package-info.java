/**
 * One client of a stream: its connection, what the stream remembers of it, and where its thread
 * waits. It must not know what its requests do to the stream.
 */
@NullMarked
package dev.sluice.stream.client;

import org.jspecify.annotations.NullMarked;
