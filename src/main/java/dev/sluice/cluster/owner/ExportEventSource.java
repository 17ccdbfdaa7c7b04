package dev.sluice.cluster.owner;

import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.export.ExportChanges;
import dev.sluice.stream.StreamState;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Triggers the reconciler when the state of an export changes on this pod. */
final class ExportEventSource extends AbstractEventSource<StreamExport, StreamExport> {

  private static final long IDLE_NANOS = TimeUnit.HOURS.toNanos(1);

  private final ExportChanges changes;
  private final OwnedExports ownedExports;
  private final String namespace;
  private volatile @Nullable Thread thread;

  ExportEventSource(ExportChanges changes, OwnedExports ownedExports, String namespace) {
    super(StreamExport.class, "local-changes");
    this.changes = changes;
    this.ownedExports = ownedExports;
    this.namespace = namespace;
  }

  @Override
  public Set<StreamExport> getSecondaryResources(StreamExport primary) {
    return Set.of();
  }

  @Override
  public void start() {
    super.start();
    thread = Thread.ofPlatform().daemon().name("cluster-changes").start(this::run);
  }

  @Override
  public void stop() {
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
    super.stop();
  }

  /** Triggers the reconciler for the resource of this name. */
  void tell(String name) {
    if (isRunning()) {
      getEventHandler().handleEvent(new Event(new ResourceID(name, namespace)));
    }
  }

  private void run() {
    Map<String, StreamState> told = new HashMap<>();
    long seen = changes.count();
    try {
      while (!Thread.currentThread().isInterrupted()) {
        look(told);
        seen = changes.await(seen, IDLE_NANOS);
      }
    } catch (InterruptedException e) {
      // stopped
    }
  }

  private void look(Map<String, StreamState> told) {
    Map<String, StreamState> now = new HashMap<>();
    for (OwnedExport owned : ownedExports.all()) {
      StreamState state = owned.export().stream().status().state();
      now.put(owned.uid(), state);
      if (state != told.get(owned.uid())) {
        tell(owned.export().name());
      }
    }
    told.clear();
    told.putAll(now);
  }
}
