package dev.sluice.export;

import dev.sluice.stream.Direction;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * What somebody wants an export to be.
 *
 * @param name a valid name, see {@link ExportName}
 * @param path where the endpoint is or shall be
 * @param direction which way the bytes go
 * @param size the size in bytes, from 1 to {@link dev.sluice.stream.StreamSettings#UNKNOWN_SIZE};
 *     empty: as long as the client or peer makes it
 */
public record ExportSpec(String name, Path path, Direction direction, OptionalLong size) {}
