package dev.sluice.cli.remote;

import dev.sluice.cli.common.ErrorLine;
import dev.sluice.cli.common.ExitCode;
import dev.sluice.cli.remote.view.ProgressText;
import dev.sluice.cli.remote.view.RemoteExport;
import java.io.PrintWriter;

/** Reports the end of a stream. */
final class StreamEnd {

  private final PrintWriter out;
  private final PrintWriter err;

  StreamEnd(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  /** Reports the end, and returns the exit code: 0 only if the stream is COMPLETED. */
  int of(RemoteExport export) {
    if (!export.isCompleted()) {
      ErrorLine.print(
          err,
          "%s is %s at %d%s"
              .formatted(
                  export.name(),
                  export.state(),
                  export.position(),
                  export.reason().map(why -> ": " + why).orElse("")));
      return ExitCode.FAILED;
    }
    out.println(ProgressText.completed(export));
    export.text("digestValue").ifPresent(digest -> out.println(digest + "  " + export.name()));
    return ExitCode.DONE;
  }
}
