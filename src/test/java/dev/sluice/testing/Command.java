package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A foreign program with its arguments, to be run under a deadline. */
public final class Command {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final List<String> words;
  private final Path output = Workspace.newPath("out");
  private final Path errors = Workspace.newPath("err");
  private Path content;
  private boolean told;

  private Command(List<String> words) {
    this.words = words;
  }

  /** A program and its arguments, each by its own text. */
  public static Command of(Object... words) {
    return new Command(List.of()).with(words);
  }

  /** A shell script; the arguments are its {@code $1}, {@code $2} and so on. */
  public static Command shell(String script, Object... arguments) {
    return of("sh", "-c", script, "sh").with(arguments);
  }

  /** A Python script for the interpreter that has libnbd's module; arguments from sys.argv[1]. */
  public static Command python(String script, Object... arguments) {
    return of("/usr/bin/python3", "-c", script).with(arguments);
  }

  /** A script in Python that is beside a class, as a resource. */
  public static Command python(Class<?> owner, String name, Object... arguments) {
    return python(resource(owner, name), arguments);
  }

  /** A shell script that is beside a class, as a resource. */
  public static Command shell(Class<?> owner, String name, Object... arguments) {
    return shell(resource(owner, name), arguments);
  }

  private static String resource(Class<?> owner, String name) {
    try (InputStream in = owner.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same with more arguments at the end. */
  public Command with(Object... more) {
    return new Command(
        Stream.concat(words.stream(), Stream.of(more).map(String::valueOf)).toList());
  }

  /** The same, and it can be interrupted even where whoever runs the tests cannot. */
  public Command interruptible() {
    return behind("env", "--default-signal=INT");
  }

  /** The same, started by another program, which becomes it. */
  public Command behind(Object... other) {
    return of(other).with(words.toArray());
  }

  /** The same, started by another command, which becomes it. */
  public Command behind(Command other) {
    return other.with(words.toArray());
  }

  /** Has what it prints written to a file, to be kept and not to be shown. */
  public Command into(Path file) {
    content = file;
    return this;
  }

  /** Has its input from {@link Running#tell}. */
  public Command told() {
    told = true;
    return this;
  }

  /** Sends a signal to a process, by the shell: a bare machine has no other {@code kill}. */
  public static Result signal(String name, long pid) {
    return of("sh", "-c", "kill -%s %d".formatted(name, pid)).run();
  }

  /** Runs it to its end. */
  public Result run() {
    try (Running running = start()) {
      return running.await();
    }
  }

  /** Starts it; whoever does so closes it. */
  public Running start() {
    try {
      Process process =
          new ProcessBuilder(words)
              .directory(Workspace.folder().toFile())
              .redirectInput(told ? Redirect.PIPE : Redirect.from(new File("/dev/null")))
              .redirectOutput((content == null ? output : content).toFile())
              .redirectError(errors.toFile())
              .start();
      return new Running(process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return String.join(" ", words);
  }

  /** How it ended. */
  public record Result(String command, int exitCode, String output, String errors) {

    public Result assertSucceeded() {
      assertThat(exitCode).as("exit code of %s", this).isZero();
      return this;
    }

    public Result assertFailed() {
      assertThat(exitCode).as("exit code of %s", this).isNotZero();
      return this;
    }

    @Override
    public String toString() {
      return "%s%n%s%n%s".formatted(command, output, errors);
    }
  }

  /** The program while it runs. */
  public final class Running implements AutoCloseable {

    private final Process process;

    private Running(Process process) {
      this.process = process;
    }

    public boolean isAlive() {
      return process.isAlive();
    }

    public long pid() {
      return process.pid();
    }

    /** Waits for its end, but not for ever. */
    public Result await() {
      return await(LIMIT);
    }

    /** Waits for its end as long as this. */
    public Result await(Duration limit) {
      try {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
          kill();
          return fail("no end within %s of %s", limit, result(-1));
        }
        return result(process.exitValue());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    /** What it has printed up to now. */
    public String outputSoFar() {
      return read(output);
    }

    /** Writes a line to its input; one that has ended does not hear it. */
    public void tell(String line) {
      try {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
      } catch (IOException e) {
        assertThat(process.onExit())
            .as("%s, which takes no input", Command.this)
            .succeedsWithin(LIMIT);
      }
    }

    /** Asks it to end (SIGTERM). */
    public void terminate() {
      process.destroy();
    }

    /** Interrupts it as a terminal would (SIGINT); it must not have inherited to ignore that. */
    public void interrupt() {
      signal("INT");
    }

    /** Stops it, so that nothing of it runs (SIGSTOP). */
    public void stop() {
      signal("STOP");
      Awaitility.await().atMost(LIMIT).until(() -> isAllInState('T'));
    }

    /** Lets it go on after {@link #stop} (SIGCONT). */
    public void goOn() {
      signal("CONT");
    }

    /** Waits until nothing of it has run for a while, so that it has done all that it can now. */
    public void awaitSleep() {
      Awaitility.await()
          .during(Duration.ofMillis(300))
          .atMost(LIMIT)
          .until(() -> isAllInState('S'));
    }

    /** Whether all of its threads are in a state, as the letter that ps shows; T is stopped. */
    public boolean isAllInState(char state) {
      try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid() + "/task"))) {
        return threads
            .map(thread -> read(thread.resolve("stat")))
            .allMatch(stat -> stat.startsWith(" " + state, stat.lastIndexOf(')') + 1));
      } catch (IOException e) {
        return false;
      }
    }

    private void signal(String name) {
      Command.signal(name, pid()).assertSucceeded();
    }

    /** Ends it and what it has started (SIGKILL). */
    public void kill() {
      if (process.isAlive()) {
        Command.signal(
            "STOP", pid()); // or a shell would start something else for what is ended first
      }
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }

    @Override
    public void close() {
      kill();
      Workspace.remove(output);
      Workspace.remove(errors);
    }

    private Result result(int exitCode) {
      return new Result(Command.this.toString(), exitCode, read(output), read(errors));
    }

    private static String read(Path file) {
      try {
        return Files.exists(file) ? Files.readString(file) : "";
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
