package dev.sluice.cli;

import static org.awaitility.Awaitility.await;

import dev.sluice.cli.common.Surroundings;
import dev.sluice.cli.streaming.Interruption;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A command line that was run within this process.
 *
 * @param exitCode what a process would have ended with
 * @param out what was written to standard output, other than by captive commands
 * @param err the same for standard error
 */
public record Typed(int exitCode, String out, String err) {

  /** Runs it to its end, without signals or variables. */
  public static Typed run(String... words) {
    return run(Map.of(), words);
  }

  /** Runs it to its end with variables of the environment, and no terminal. */
  public static Typed run(Map<String, String> variables, String... words) {
    StringWriter out = new StringWriter();
    return run(surroundings(variables), out, words);
  }

  /** Runs it to its end with other surroundings than a process has. */
  public static Typed run(Surroundings surroundings, String... words) {
    return run(surroundings, new StringWriter(), words);
  }

  /** Nothing to read, and no terminal. */
  static Surroundings surroundings(Map<String, String> variables) {
    InputStream in = new ByteArrayInputStream(new byte[0]);
    return new Surroundings(variables::get, () -> 0, in, OutputStream.nullOutputStream());
  }

  private static Typed run(Surroundings surroundings, StringWriter out, String... words) {
    StringWriter err = new StringWriter();
    Supplier<Interruption> none = Interruption::new;
    int exitCode =
        Cli.run(none, surroundings, new PrintWriter(out, true), new PrintWriter(err, true), words);
    return new Typed(exitCode, out.toString(), err.toString());
  }

  /**
   * A command that goes on.
   *
   * @param out what it has written up to now
   * @param end how it has ended
   */
  public record Running(StringWriter out, CompletableFuture<Typed> end, Thread thread)
      implements AutoCloseable {

    /** Waits until it has written this. */
    public void awaitOutput(String text) {
      await().atMost(Duration.ofSeconds(30)).until(() -> out.toString(), has -> has.contains(text));
    }

    @Override
    public void close() {
      thread.interrupt();
    }
  }

  /** Runs it on a thread of its own. */
  public static Running start(Map<String, String> variables, String... words) {
    CompletableFuture<Typed> end = new CompletableFuture<>();
    StringWriter out = new StringWriter();
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("typed")
            .start(
                () -> {
                  try {
                    end.complete(run(surroundings(variables), out, words));
                  } catch (Throwable e) {
                    end.completeExceptionally(e);
                  }
                });
    return new Running(out, end, thread);
  }
}
