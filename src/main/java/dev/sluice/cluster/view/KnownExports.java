package dev.sluice.cluster.view;

import dev.sluice.api.OtherExport;
import dev.sluice.api.OtherExports;
import dev.sluice.cluster.resource.ResourceListener;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The exports of all pods: one for each resource, so the API server limits their number. Changes
 * arrive one at a time. An export is replaced, never changed.
 */
final class KnownExports implements OtherExports, ResourceListener {

  private final String pod;
  private final SpecReader reader;

  /** By the names of their resources. */
  private final Map<String, KnownExport> known = new ConcurrentHashMap<>();

  private volatile Runnable listener = () -> {};

  KnownExports(String pod, SpecReader reader) {
    this.pod = pod;
    this.reader = reader;
  }

  @Override
  public String pod() {
    return pod;
  }

  @Override
  public Map<String, OtherExport> known() {
    Map<String, OtherExport> all = HashMap.newHashMap(known.size());
    known.values().forEach(export -> all.put(export.id(), export));
    return all;
  }

  @Override
  public void onChange(Runnable next) {
    listener = next;
  }

  @Override
  public void changed(String name, @Nullable Known now) {
    KnownExport before = known.get(name);
    if (now == null) {
      known.remove(name);
    } else if (before == null || !before.is(now)) {
      known.put(name, KnownExport.of(now, before, reader));
    } else {
      return; // the same version again
    }
    listener.run();
  }
}
