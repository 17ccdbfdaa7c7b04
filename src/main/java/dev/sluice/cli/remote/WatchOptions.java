package dev.sluice.cli.remote;

import dev.sluice.cli.common.TimeConverter;
import dev.sluice.cli.common.UsageException;
import dev.sluice.cli.remote.http.Service;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for watching. */
final class WatchOptions {

  @Option(
      names = {"-w", "--watch"},
      order = 41,
      description = "Go on, with a line for each change, as kubectl get --watch does.")
  private boolean on;

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      order = 42,
      converter = TimeConverter.class,
      description = "With --watch: how often the service is asked, 1s by default.")
  private @Nullable Duration interval;

  boolean isOn() {
    if (interval != null && !on) {
      throw new UsageException("--interval without --watch");
    }
    return on;
  }

  /** Returns the poll with the chosen interval. */
  Poll poll(Service service) {
    return new Poll(interval == null ? Poll.INTERVAL : interval, service.timeout());
  }
}
