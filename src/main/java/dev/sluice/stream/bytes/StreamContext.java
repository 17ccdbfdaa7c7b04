package dev.sluice.stream.bytes;

import dev.sluice.stream.StreamListener;
import dev.sluice.stream.StreamObserver;
import dev.sluice.stream.window.WindowMemory;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What a stream gets from its surroundings.
 *
 * @param listener who is told of changes of its state
 * @param observer who measures what it does; it belongs to all streams
 * @param timer runs what is due while nobody waits; it belongs to all streams
 * @param memory for windows; it belongs to all streams
 */
public record StreamContext(
    StreamListener listener,
    StreamObserver observer,
    ScheduledExecutorService timer,
    WindowMemory memory) {}
