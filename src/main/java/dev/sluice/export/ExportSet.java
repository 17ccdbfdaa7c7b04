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
 * Holds the exports and the files that they use, and limits their number. Its monitor guards all of
 * its state, and nobody waits on it. Finding and listing take no lock.
 */
final class ExportSet {

  private final ExportProperties properties;
  private final Records records;
  private final ExportTable exports;
  private final UsedFiles files = new UsedFiles();

  /**
   * Ids of the exports that are being removed. Their ends do not count towards the ended exports
   * that are remembered.
   */
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

  /** Returns the number of exports that have not ended. */
  synchronized int openCount() {
    return files.size();
  }

  /**
   * Fails if this export cannot be added: the service is stopping, descriptors are short, the name
   * or path is in use, or there are too many exports.
   */
  synchronized void requireRoom(ExportSpec spec, DescriptorReserve descriptors) {
    requireRunning();
    descriptors.requireEnough();
    if (exports.find(spec.name()).isPresent()) {
      throw ExportException.nameInUse(spec.name());
    }
    files.requireFreePath(spec);
    files.requireFewerThan(properties.max());
  }

  /** Fails if another export uses the file. */
  synchronized void requireOwnFile(ExportSpec spec, Endpoint endpoint) {
    files.requireOwnFile(spec, endpoint);
  }

  private void requireRunning() {
    if (isStopping()) {
      throw ExportException.because(Reason.STOPPING, "the service is stopping");
    }
  }

  /** Creates an export and adds it. Its stream may end at once. */
  synchronized Export add(UsedFiles.UsedFile file, Supplier<Export> making) {
    requireRunning();
    Export export = making.get();
    files.add(file);
    exports.add(export);
    return export;
  }

  /** Adds an export that ended before this start. */
  synchronized void addEnded(Export export) {
    exports.add(export);
  }

  /** Notes that these exports have ended, in this order. */
  synchronized void noteEnds(List<Export> ended) {
    ended.forEach(each -> exports.noteEnd(each.id()));
  }

  /** Frees the file of an export that has ended, and forgets the oldest ended exports. */
  synchronized void release(String id, UsedFiles.UsedFile file) {
    files.remove(file);
    if (!leaving.contains(id)) {
      exports.noteEnd(id);
      forgetOld();
    }
  }

  /**
   * Forgets the ended exports that are older than {@code sluice.exports.retention}, or beyond
   * {@code sluice.exports.keep-ended}.
   */
  synchronized void forgetOld() {
    Instant since =
        properties.retention().isPositive() ? Instant.now().minus(properties.retention()) : null;
    exports.forget(properties.keepEnded(), since).forEach(each -> records.forget(each.id()));
  }

  /** Begins the removal of an export. {@link #endRemoval} must follow in any case. */
  synchronized void beginRemoval(Export export) {
    leaving.add(export.id());
    export.kept().beginRemoval();
  }

  /** Ends a removal. If it failed, the export is kept as an ended one. */
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
