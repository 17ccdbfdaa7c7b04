package dev.sluice.cli.remote;

import dev.sluice.cli.common.ExitCode;
import dev.sluice.cli.common.Surroundings;
import dev.sluice.cli.common.UsageException;
import dev.sluice.cli.common.Version;
import dev.sluice.cli.remote.http.Answer;
import dev.sluice.cli.remote.http.Service;
import dev.sluice.cli.remote.view.RemoteExport;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice patch NAME}. */
@Command(
    name = "patch",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    customSynopsis = "sluice patch NAME [size=SIZE] [--rate-limit=SIZE] [OPTION…]",
    header = "Change an export of a service.")
final class PatchCommand extends RemoteCommand {

  private static final String SIZE = "size=";
  private static final String NONE = "none";

  @Parameters(index = "0", paramLabel = "NAME", description = "Its name.")
  private String name = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "size=SIZE",
      description = "How long the stream is, until the first client comes; none: nobody knows.")
  private @Nullable String size;

  @Option(
      names = "--rate-limit",
      paramLabel = "SIZE",
      order = 1,
      description = "Pass so many bytes in a second from now on; 0: as fast as it goes.")
  private @Nullable String rateLimit;

  @Mixin private final OutputOptions output = new OutputOptions();

  PatchCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void requireSense() {
    if (size != null && !size.startsWith(SIZE)) {
      throw new UsageException("expected size=SIZE after the name, but got: " + size);
    }
    if (size == null && rateLimit == null) {
      throw new UsageException("nothing is to be changed; expected size=SIZE or --rate-limit=SIZE");
    }
  }

  @Override
  int run(Service service) {
    ObjectNode change = JsonNodeFactory.instance.objectNode();
    if (size != null) {
      String given = size.substring(SIZE.length());
      change.put("size", given.equals(NONE) ? null : given);
    }
    if (rateLimit != null) {
      change.put("rateLimit", rateLimit);
    }
    Answer answer = service.patch(ExportName.path(name), change);
    RemoteExport export = RemoteExport.of(answer.json());
    if (output.isGiven()) {
      output.printer(out()).print(List.of(export), answer.body());
    } else {
      out().println(export.name() + " patched");
    }
    return ExitCode.DONE;
  }
}
