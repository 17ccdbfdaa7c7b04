package dev.sluice.cli.remote.view;

import dev.sluice.cli.common.PlainText;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Writes a line for each new state, and one every 10 s at most while bytes move. */
final class ProgressLines implements Progress {

  private static final long PAUSE_NANOS = Duration.ofSeconds(10).toNanos();

  private final PrintWriter out;
  private final LongSupplier nanos;
  private final Rate rate = new Rate();

  private String state = "";
  private long position;
  private long written;

  ProgressLines(PrintWriter out, LongSupplier nanos) {
    this.out = out;
    this.nanos = nanos;
  }

  @Override
  public void show(RemoteExport export) {
    long now = nanos.getAsLong();
    rate.add(export.position(), now);
    boolean moved = export.position() != position && now - written >= PAUSE_NANOS;
    if (export.hasEnded() || (export.state().equals(state) && !moved)) {
      return; // the end is reported elsewhere
    }
    state = export.state();
    position = export.position();
    written = now;
    out.println(
        PlainText.of("%s %s %s".formatted(export.name(), state, ProgressText.of(export, rate))));
    out.flush();
  }

  @Override
  public void clear() {}
}
