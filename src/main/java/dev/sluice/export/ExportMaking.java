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
 * Makes exports, new ones and those of an earlier service.
 *
 * <p>Two locks, taken in this order: {@code creating} lets one export at a time be made, file
 * system calls included, but not the wait for the disk; the monitor of {@link ExportSet} guards
 * what there is, and nobody waits on it.
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

  /** As {@link ExportRegistry#create(ExportSpec, String, Instant)}. */
  Export create(ExportSpec spec, String id, Instant createdAt) {
    exports.requireRoom(spec, descriptors);
    Export export;
    boolean registered = false;
    try {
      begin(id, spec, createdAt);
      export = make(id, spec, createdAt);
      registered = true;
    } finally {
      if (!registered) {
        records.forget(id);
      }
    }
    requireKept(export);
    return export;
  }

  /** So that a service which is cut off now leaves no file that the next one does not know. */
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

  private Export make(String id, ExportSpec spec, Instant createdAt) {
    creating.lock();
    try {
      exports.requireRoom(spec, descriptors);
      Endpoint endpoint = streams.claim(spec);
      boolean registered = false;
      try {
        exports.requireOwnFile(spec, endpoint);
        StreamFactory.requireEmpty(spec, endpoint);
        Export export = register(id, new SavedExport(spec, createdAt, endpoint.made()), endpoint);
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

  private Export register(String id, SavedExport saved, Endpoint endpoint) {
    KeptExport kept = new KeptExport(id, saved, records);
    try {
      kept.create();
    } catch (JournalException e) {
      throw ExportException.because(e);
    }
    return register(id, saved, endpoint, kept, Duration.ZERO);
  }

  private Export registerAgain(String id, SavedExport saved, Endpoint endpoint, KeptExport kept) {
    return register(id, saved, endpoint, kept, Duration.between(saved.createdAt(), Instant.now()));
  }

  private Export register(
      String id, SavedExport saved, Endpoint endpoint, KeptExport kept, Duration age) {
    ExportSpec spec = saved.spec();
    StreamLog log = new StreamLog(spec.name(), spec.direction(), kept::frozen);
    UsedFiles.UsedFile file = new UsedFiles.UsedFile(spec.name(), spec.path(), endpoint);
    // After the log and the stream's closing of its endpoint, and before anybody hears of the end.
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
                  streams.open(spec, endpoint, kept, List.of(log, releasing, changes));
              kept.follow(stream::status);
              stream.start(age);
              return new Export(id, spec, saved.createdAt(), stream, data, kept, new LogQuota());
            });
    log.created(export.stream().status());
    return export;
  }

  /** Nobody is told of it before it is on disk; but others can be made meanwhile. */
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
      // Nothing of it was told either.
    }
    exports.endRemoval(export, /* removed= */ true);
  }

  /** Takes in what an earlier service has left; to be called before anybody else is there. */
  void restore(List<Entry> entries) {
    exports.noteEnds(
        new Restart(streams, records, this::registerAgain, exports::addEnded).restore(entries));
    exports.forgetOld();
  }
}
