package dev.sluice.stream;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A stream at one moment.
 *
 * @param state where it is in its life
 * @param position contiguous bytes delivered to the peer (write), or handed to clients (read)
 * @param clients sessions attached now
 * @param startedAt when it first left {@link StreamState#WAITING}
 * @param endedAt when it ended
 * @param failure why it is interrupted, failed or cancelled
 * @param waitingFor what has to happen before bytes can move on, in words, if that is known
 * @param note what is worth knowing of a stream, other than a failure
 * @param digest the SHA-256 digest of the bytes up to the position, in hexadecimal, if it was asked
 *     for and the stream has ended
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
