package dev.sluice.testing;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** An export as the REST API shows it; what the API may leave out is null. */
public record ExportDocument(
    String name,
    Path path,
    String direction,
    Long size,
    String state,
    long position,
    Integer clients,
    List<URI> uris,
    String createdAt,
    String startedAt,
    String endedAt,
    String failure,
    long rateLimit,
    String digest,
    String digestValue,
    String pod) {}
