package dev.sluice.cluster.resource;

import dev.sluice.export.ByteCount;
import dev.sluice.export.ExportProperties;
import dev.sluice.stream.StreamSettings;
import org.springframework.util.unit.DataSize;

/** Computes the window memory of exports. All pods are expected to have the same defaults. */
public final class Windows {

  private final ExportProperties defaults;

  public Windows(ExportProperties defaults) {
    this.defaults = defaults;
  }

  /** Returns the most memory that the windows of an export take, in bytes. */
  public long most(StreamExport resource) {
    return StreamSettings.mostMemory(
        bytes(resource, "reorderWindow", ByteCount.WINDOW, defaults.reorderWindow()),
        bytes(resource, "headWindow", ByteCount.HEAD, defaults.headWindow()),
        bytes(resource, "resumeWindow", ByteCount.WINDOW, defaults.resumeWindow()));
  }

  private static long bytes(
      StreamExport resource, String field, ByteCount kind, DataSize otherwise) {
    try {
      return switch (resource.getSpec().get(field)) {
        case Number bytes -> kind.requireInRange(bytes.longValue());
        case String text -> kind.parse(text);
        case null, default -> otherwise.toBytes();
      };
    } catch (IllegalArgumentException e) {
      return 0; // whoever takes it refuses it
    }
  }
}
