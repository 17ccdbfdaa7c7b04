package dev.sluice.cluster.owner;

import dev.sluice.export.Export;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An export that this pod has made for a resource.
 *
 * @param uid the UID of the resource
 * @param uris the URIs for clients
 * @param dataUrl the URL for a peer that comes by HTTP; null for others
 * @param made the immutable fields of the spec, as they were when the export was made
 */
record Held(
    String uid,
    Export export,
    List<URI> uris,
    @Nullable String dataUrl,
    Map<String, Object> made) {}
