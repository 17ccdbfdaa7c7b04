package dev.sluice.cluster.owner;

import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.export.Export;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An export that this pod has made for a resource.
 *
 * @param uid the UID of the resource
 * @param uris the URIs for clients
 * @param dataUrl the URL for a peer that comes by HTTP; null for others
 * @param made the immutable fields of the spec, as they were when the export was made
 * @param gate decides whether the first byte may pass
 * @param outdated the last version of the resource that was found to be outdated
 */
record OwnedExport(
    String uid,
    Export export,
    List<URI> uris,
    @Nullable String dataUrl,
    Map<String, Object> made,
    FirstByteGate gate,
    AtomicReference<@Nullable String> outdated) {

  /**
   * Notes that a version is outdated. Returns whether to read the newer one instead of waiting for
   * the watch: this version was outdated before, and there is a beginning or an end to write.
   */
  boolean isUrgent(StreamExport old) {
    return old.version().equals(outdated.getAndSet(old.version()))
        && (old.known().startTime() == null || export.stream().status().state().ended());
  }
}
