package dev.sluice.cluster.owner;

import dev.sluice.export.Export;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An export that this pod has made for a resource.
 *
 * @param uid the resource's
 * @param export what runs
 * @param uris where clients reach it
 * @param dataUrl where its peer gets or puts the data by HTTP
 * @param made what may not change of the spec, as it was when the export was made
 */
record Held(
    String uid,
    Export export,
    List<URI> uris,
    @Nullable String dataUrl,
    Map<String, Object> made) {}
