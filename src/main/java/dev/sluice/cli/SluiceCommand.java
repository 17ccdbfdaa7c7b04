package dev.sluice.cli;

import dev.sluice.cli.common.UsageException;
import dev.sluice.cli.common.Version;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The program without a command, which is an error. */
@Command(
    name = "sluice",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    customSynopsis = {"sluice [OPTION…] COMMAND [ARGUMENT…]", "sluice --help | --version"},
    description = {
      "Turns what an NBD client writes into a stream of bytes, or a stream into what it reads.",
      "",
      "Without any argument, or with the service's keys (--server.port=0), the service is started."
    },
    footer = {"", "'sluice COMMAND --help' tells of one command."})
final class SluiceCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    throw new UsageException(
        "no command given; expected one of %s"
            .formatted(Objects.requireNonNull(spec).subcommands().keySet()));
  }
}
