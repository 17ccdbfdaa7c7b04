package dev.sluice.export;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.export.ExportException.Reason;
import dev.sluice.export.record.Records;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Which exports there are, what each of them uses, and whether there may be more. Its monitor
 * guards all of it, and nobody waits on it; finding and listing takes no lock.
 */
final class ExportSet {

  private final ExportProperties properties;
  private final Records records;
  private final ExportTable exports;
  private final UsedFiles files = new UsedFiles();

  /** Those that are being removed: their end takes nobody's place. */
  private final Set<String> leaving = new HashSet<>();

  private boolean running = true;
  private boolean draining;

  ExportSet(ExportProperties properties, Records records, ExportTable exports) {
    this.properties = properties;
    this.records = records;
    this.exports = exports;
  }

  Optional<Export> find(String name) {
    return exports.find(name);
  }

  Optional<Export> findById(String id) {
    return exports.findById(id);
  }

  List<Export> all() {
    return exports.all();
  }

  List<Export> listed() {
    return exports.listed();
  }

  /** How many have not ended. */
  synchronized int openCount() {
    return files.size();
  }

  /** Throws if there cannot be this one as well. */
  synchronized void requireRoom(ExportSpec spec, DescriptorReserve descriptors) {
    requireRunning();
    descriptors.requireEnough();
    if (exports.find(spec.name()).isPresent()) {
      throw ExportException.nameInUse(spec.name());
    }
    files.requireFreePath(spec);
    files.requireFewerThan(properties.max());
  }

  /** Throws if an export uses the file already. */
  synchronized void requireOwnFile(ExportSpec spec, Endpoint endpoint) {
    files.requireOwnFile(spec, endpoint);
  }

  private void requireRunning() {
    if (isStopping()) {
      throw ExportException.because(Reason.STOPPING, "the service is stopping");
    }
  }

  /** Makes one, which may end at once, and takes it in. */
  synchronized Export add(UsedFiles.UsedFile file, Supplier<Export> making) {
    requireRunning();
    Export export = making.get();
    files.add(file);
    exports.add(export);
    return export;
  }

  /** Takes in one that ended before this start. */
  synchronized void addEnded(Export export) {
    exports.add(export);
  }

  /** Those have ended, in this order. */
  synchronized void noteEnds(List<Export> ended) {
    ended.forEach(each -> exports.noteEnd(each.id()));
  }

  /** One has ended, and has let go of what it used. */
  synchronized void release(String id, UsedFiles.UsedFile file) {
    files.remove(file);
    if (!leaving.contains(id)) {
      exports.noteEnd(id);
      forgetOld();
    }
  }

  /** Ended exports are remembered for a while, and so many of them. */
  synchronized void forgetOld() {
    Instant since =
        properties.retention().isPositive() ? Instant.now().minus(properties.retention()) : null;
    exports.forget(properties.keepEnded(), since).forEach(each -> records.forget(each.id()));
  }

  /** One is to be removed; {@link #endRemoval} follows in any case. */
  synchronized void beginRemoval(Export export) {
    leaving.add(export.id());
    export.kept().beginRemoval();
  }

  /** It is forgotten, or it could not be removed and has ended. */
  synchronized void endRemoval(Export export, boolean removed) {
    leaving.remove(export.id());
    if (removed) {
      exports.remove(export);
    } else {
      exports.noteEnd(export.id());
    }
    export.kept().endRemoval(removed);
  }

  synchronized void refuseNew() {
    draining = true;
  }

  synchronized boolean isStopping() {
    return draining || !running;
  }

  synchronized void end() {
    running = false;
  }

  synchronized boolean isRunning() {
    return running;
  }
}
