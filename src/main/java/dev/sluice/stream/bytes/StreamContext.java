package dev.sluice.stream.bytes;

import dev.sluice.stream.StreamListener;
import dev.sluice.stream.StreamObserver;
import dev.sluice.stream.window.WindowMemory;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What a stream uses of its surroundings.
 *
 * @param listener is told of changes of this stream
 * @param observer measures all streams
 * @param timer runs timers of all streams
 * @param memory the window memory of all streams
 */
public record StreamContext(
    StreamListener listener,
    StreamObserver observer,
    ScheduledExecutorService timer,
    WindowMemory memory) {}
