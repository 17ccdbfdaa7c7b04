package dev.sluice.cli.streaming;

import dev.sluice.cli.common.FailedException;
import dev.sluice.cli.common.UsageException;
import dev.sluice.cli.common.Version;
import dev.sluice.client.AllowedClients;
import dev.sluice.configuration.UnusableConfigurationException;
import dev.sluice.export.ExportException;
import dev.sluice.export.ExportSpec;
import dev.sluice.stream.Direction;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice streaming}, a server of one stream, as {@code nbdkit streaming} is. */
@Command(
    name = StreamingCommand.NAME,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    customSynopsis = {
      "sluice [OPTION…] streaming write=PIPE|read=PIPE [size=SIZE] [OPTION…]",
    },
    header = "Serve one stream between an NBD client and a pipe.",
    description = {
      "",
      "What a client writes goes into the pipe (write=), or what comes out of the pipe is what a",
      "client reads (read=). It ends when the stream has, or when the command of --run has.",
      "Options may stand before and after the rest, as with nbdkit.",
      "",
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:The stream is COMPLETED, and the command of --run has succeeded.",
      "1:The stream is not COMPLETED, or the server could not be started; standard error says why.",
      "2:The command line makes no sense.",
      "N:That of the command of --run, which has failed.",
    })
public final class StreamingCommand implements Callable<Integer> {

  /** The name of the command. */
  public static final String NAME = "streaming";

  @Parameters(
      paramLabel = "KEY=VALUE",
      description = {
        "write=PIPE, or pipe=PIPE: what a client writes goes there.",
        "read=PIPE: a client reads what comes from there.",
        "size=SIZE: how long the stream is (1G, 512M, 3s …); declare it if you know it.",
        "PIPE is a FIFO, a Unix socket, or nothing yet: then a FIFO is made. - is standard",
        "input or output, which has to be a pipe."
      })
  private List<String> words = List.of();

  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final TlsOptions tls = new TlsOptions();
  @Mixin private final StreamOptions stream = new StreamOptions();

  private final Supplier<Interruption> watch;

  @Spec private @Nullable CommandSpec spec;

  private StreamingCommand(Supplier<Interruption> watch) {
    this.watch = watch;
  }

  /**
   * Creates the command.
   *
   * @param watch installs the signal handlers; called once at most, when the server starts
   */
  public static CommandLine commandLine(Supplier<Interruption> watch) {
    CommandLine streaming = new CommandLine(new StreamingCommand(watch));
    RefusedOption.addTo(streaming);
    return streaming;
  }

  @Override
  public Integer call() throws InterruptedException {
    try {
      return serve();
    } catch (UnusableConfigurationException e) {
      throw failed(e.getMessage() + " " + e.remedy(), e);
    } catch (FailedException | ExportException e) {
      throw failed(String.valueOf(e.getMessage()), e);
    }
  }

  private static FailedException failed(String message, Exception cause) {
    return new FailedException(OptionWords.of(message), cause);
  }

  private int serve() throws InterruptedException {
    RefusedOption.requireNone(command().commandLine().getParseResult());
    server.requireSense();
    PipeParameters pipe = PipeParameters.of(words);
    if (server.isReadOnly() && pipe.direction() == Direction.WRITE) {
      throw new UsageException("-r cannot be used with write=, since nothing could be written");
    }
    if (stream.isListening() && pipe.isStandard()) {
      throw new UsageException("--listen cannot be used with -, which is there already");
    }
    if (server.isVerbose()) {
      StderrLogging.tellAll();
    }
    ExportSpec export =
        new ExportSpec(
            server.exportName(),
            pipe.path(),
            stream.isListening(),
            /* listed= */ true,
            AllowedClients.ALL,
            pipe.direction(),
            stream.settings(pipe.size()));
    StreamServer.requireSense(export);
    PrintWriter err = command().commandLine().getErr();
    return new StreamRun(server, tls, pipe, export, err).run(watch.get());
  }

  private CommandSpec command() {
    return Objects.requireNonNull(spec);
  }
}
