package dev.sluice.testing;

import java.nio.file.Path;

/**
 * A disk's content.
 *
 * @param path the file with it
 * @param size its size in bytes
 * @param sha256 what every copy of it must have as its digest
 */
public record Disk(Path path, long size, String sha256) {}
