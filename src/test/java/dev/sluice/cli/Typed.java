package dev.sluice.cli;

import dev.sluice.cli.streaming.Interruption;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.CompletableFuture;

/**
 * A command line that was run within this process.
 *
 * @param exitCode what a process would have ended with
 * @param out what was written to standard output, other than by captive commands
 * @param err the same for standard error
 */
public record Typed(int exitCode, String out, String err) {

  /** Runs it to its end, without signals. */
  public static Typed run(String... words) {
    return run(new Interruption(), words);
  }

  /** Runs it to its end. */
  public static Typed run(Interruption interruption, String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Cli.run(() -> interruption, new PrintWriter(out, true), new PrintWriter(err, true), words);
    return new Typed(exitCode, out.toString(), err.toString());
  }

  /** Runs it on a thread of its own. */
  public static CompletableFuture<Typed> start(Interruption interruption, String... words) {
    CompletableFuture<Typed> end = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("typed")
        .start(
            () -> {
              try {
                end.complete(run(interruption, words));
              } catch (Throwable e) {
                end.completeExceptionally(e);
              }
            });
    return end;
  }
}
