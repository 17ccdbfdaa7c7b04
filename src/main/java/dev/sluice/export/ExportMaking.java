package dev.sluice.export;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.endpoint.InnerPipe;
import dev.sluice.export.record.KeptExport;
import dev.sluice.export.record.Records;
import dev.sluice.export.record.SavedExport;
import dev.sluice.journal.Entry;
import dev.sluice.journal.JournalException;
import dev.sluice.logging.LogQuota;
import dev.sluice.stream.StreamListener;
import dev.sluice.stream.bytes.ByteStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Creates exports, and restores those of an earlier run.
 *
 * <p>Two locks, taken in this order: {@code creating} serializes the creation of exports, with its
 * file system calls but without the wait for the disk. The monitor of {@link ExportSet} guards the
 * set, and nobody waits on it.
 */
final class ExportMaking {

  private final StreamFactory streams;
  private final Records records;
  private final ExportSet exports;
  private final ExportChanges changes;
  private final DescriptorReserve descriptors;
  private final ReentrantLock creating = new ReentrantLock();

  ExportMaking(
      StreamFactory streams,
      Records records,
      ExportSet exports,
      ExportChanges changes,
      DescriptorReserve descriptors) {
    this.streams = streams;
    this.records = records;
    this.exports = exports;
    this.changes = changes;
    this.descriptors = descriptors;
  }

  /** See {@link ExportRegistry#create(ExportSpec, String, Instant, StreamListener)}. */
  Export create(ExportSpec spec, String id, Instant createdAt, StreamListener gate) {
    exports.requireRoom(spec, descriptors);
    Export export;
    boolean registered = false;
    try {
      begin(id, spec, createdAt);
      export = make(id, spec, createdAt, gate);
      registered = true;
    } finally {
      if (!registered) {
        records.forget(id);
      }
    }
    requireKept(export);
    return export;
  }

  /**
   * Records the export before its file is created. So if the service is killed meanwhile, the next
   * start knows of the file.
   */
  private void begin(String id, ExportSpec spec, Instant createdAt) {
    if (records.isKept() && streams.isFree(spec)) {
      try {
        new KeptExport(id, new SavedExport(spec, createdAt, null, /* unfinished= */ true), records)
            .create();
        records.sync();
      } catch (JournalException e) {
        throw ExportException.because(e);
      }
    }
  }

  private Export make(String id, ExportSpec spec, Instant createdAt, StreamListener gate) {
    creating.lock();
    try {
      exports.requireRoom(spec, descriptors);
      Endpoint endpoint = streams.claim(spec);
      boolean registered = false;
      try {
        exports.requireOwnFile(spec, endpoint);
        StreamFactory.requireEmpty(spec, endpoint);
        Export export =
            register(id, new SavedExport(spec, createdAt, endpoint.made()), endpoint, gate);
        registered = true;
        return export;
      } finally {
        if (!registered) {
          endpoint.close();
        }
      }
    } finally {
      creating.unlock();
    }
  }

  private Export register(String id, SavedExport saved, Endpoint endpoint, StreamListener gate) {
    KeptExport kept = new KeptExport(id, saved, records);
    try {
      kept.create();
    } catch (JournalException e) {
      throw ExportException.because(e);
    }
    return register(id, saved, endpoint, new BothListeners(gate, kept), kept, Duration.ZERO);
  }

  private Export registerAgain(String id, SavedExport saved, Endpoint endpoint, KeptExport kept) {
    Duration age = Duration.between(saved.createdAt(), Instant.now());
    return register(id, saved, endpoint, kept, kept, age);
  }

  private Export register(
      String id,
      SavedExport saved,
      Endpoint endpoint,
      StreamListener first,
      KeptExport kept,
      Duration age) {
    ExportSpec spec = saved.spec();
    StreamLog log = new StreamLog(spec.name(), spec.direction(), kept::frozen);
    UsedFiles.UsedFile file = new UsedFiles.UsedFile(spec.name(), spec.path(), endpoint);
    // Called after the log and after the stream has closed its endpoint, and before others hear of
    // the end.
    StreamListener releasing =
        status -> {
          if (status.state().ended()) {
            try {
              exports.release(id, file);
            } finally {
              kept.settle();
            }
          }
        };
    InnerPipe data = endpoint instanceof InnerPipe inner ? inner : null;
    Export export =
        exports.add(
            file,
            () -> {
              ByteStream stream =
                  streams.open(spec, endpoint, first, List.of(log, releasing, changes));
              kept.follow(stream::status);
              stream.start(age);
              return new Export(id, spec, saved.createdAt(), stream, data, kept, new LogQuota());
            });
    log.created(export.stream().status());
    return export;
  }

  /**
   * Waits until the export is on disk, which is before its creation is reported. Other exports can
   * be created meanwhile.
   */
  private void requireKept(Export export) {
    boolean sure = false;
    try {
      records.sync();
      sure = true;
    } catch (JournalException e) {
      throw ExportException.because(e);
    } finally {
      if (!sure) {
        exports.beginRemoval(export);
        export.stream().cancel();
        discard(export);
      }
    }
  }

  private void discard(Export export) {
    try {
      export.kept().remove();
    } catch (JournalException e) {
      // Its creation was not reported either.
    }
    exports.endRemoval(export, /* removed= */ true);
  }

  /** Restores the exports of an earlier run. Call it before any other thread uses this. */
  void restore(List<Entry> entries) {
    exports.noteEnds(
        new Restart(streams, records, this::registerAgain, exports::addEnded).restore(entries));
    exports.forgetOld();
  }
}
