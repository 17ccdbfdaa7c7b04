package dev.sluice.export;

import static dev.sluice.testing.FilePaths.at;

import dev.sluice.client.AllowedClients;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.Timeouts;
import java.nio.file.Path;
import java.util.OptionalLong;

/** What a test asks for when it does not matter. */
final class Specs {

  private Specs() {}

  /** An export of whatever length, with small windows and without limits in time. */
  static ExportSpec of(String name, Path path, Direction direction) {
    return of(name, path, direction, OptionalLong.empty());
  }

  static ExportSpec of(String name, Path path, Direction direction, OptionalLong size) {
    StreamSettings settings = StreamSettings.of(size, 1 << 20, 1 << 16, Timeouts.NONE);
    return new ExportSpec(name, at(path), false, false, AllowedClients.ALL, direction, settings);
  }
}
