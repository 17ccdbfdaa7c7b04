package dev.sluice.stream;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A consistent snapshot of a stream.
 *
 * @param state the state
 * @param position contiguous bytes that were delivered to the peer (write), or handed to clients
 *     (read)
 * @param clients attached sessions
 * @param startedAt when the stream first left {@link StreamState#WAITING}; null before that
 * @param endedAt when the stream ended; null before that
 * @param failure why the stream is interrupted, failed or cancelled; null otherwise
 * @param waitingFor what has to happen before bytes can move, as text for people; null if unknown,
 *     while bytes move, and after the end
 * @param note other facts worth knowing, as text for people; null if there are none
 * @param digest the SHA-256 digest of the bytes up to the position, in hexadecimal; null unless it
 *     was requested and the stream has ended
 */
public record StreamStatus(
    StreamState state,
    long position,
    int clients,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable String failure,
    @Nullable String waitingFor,
    @Nullable String note,
    @Nullable String digest) {}
