package dev.sluice.export;

import dev.sluice.stream.ByteStream;
import dev.sluice.stream.Direction;
import java.nio.file.Path;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * What the REST API manages: a name under which clients reach one stream.
 *
 * @param name what clients ask for; see {@link ExportName}
 * @param direction which way the bytes go, as the client sees it
 * @param path where the endpoint is
 * @param size the declared size in bytes, or empty when none was declared
 * @param createdAt when it was asked for
 * @param stream its bytes, its state and who is attached
 */
public record Export(
    String name,
    Direction direction,
    Path path,
    OptionalLong size,
    Instant createdAt,
    ByteStream stream) {}
