package dev.sluice.cli.remote;

import dev.sluice.cli.common.Surroundings;
import dev.sluice.cli.remote.http.Service;
import dev.sluice.cli.remote.http.ServiceOptions;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** A command that sends requests to a service. */
abstract class RemoteCommand implements Callable<Integer> {

  @Mixin private final ServiceOptions options = new ServiceOptions();

  @Spec private @Nullable CommandSpec spec;

  private final Surroundings surroundings;

  RemoteCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public final Integer call() throws InterruptedException {
    requireSense();
    try (Service service = options.service(surroundings, err())) {
      return run(service);
    }
  }

  /** Fails if the arguments make no sense. Called before any request is sent. */
  void requireSense() {}

  /** Runs the command, and returns the exit code of the process. */
  abstract int run(Service service) throws InterruptedException;

  Surroundings surroundings() {
    return surroundings;
  }

  PrintWriter out() {
    return spec().commandLine().getOut();
  }

  PrintWriter err() {
    return spec().commandLine().getErr();
  }

  ParseResult typed() {
    return spec().commandLine().getParseResult();
  }

  private CommandSpec spec() {
    return Objects.requireNonNull(spec);
  }
}
