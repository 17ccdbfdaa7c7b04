package dev.sluice.cli.streaming;

import dev.sluice.cli.common.UsageException;
import dev.sluice.posix.FilePath;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the server, with nbdkit's names and meanings. */
final class ServerOptions {

  private static final int DEFAULT_PORT = 10_809;
  private static final int MAX_PORT = 65_535;

  @Option(
      names = {"-U", "--unix"},
      paramLabel = "SOCKET",
      order = 1,
      description = "Listen on this Unix socket; - makes a private one, for --run.")
  private @Nullable String unix;

  @Option(
      names = {"-p", "--port"},
      paramLabel = "PORT",
      order = 2,
      description = "Listen on this TCP port, 10809 by default; 0 takes any free one.")
  private @Nullable String port;

  @Option(
      names = {"-i", "--ip-addr", "--ipaddr"},
      paramLabel = "ADDRESS",
      order = 3,
      description = "Listen on this address, 127.0.0.1 by default; 0.0.0.0 is all.")
  private String address = "127.0.0.1";

  @Option(
      names = {"-e", "--export", "--export-name", "--exportname"},
      paramLabel = "NAME",
      order = 4,
      description = "The export's name in $uri; a client gets the stream by any name.")
  private String exportName = "";

  @Option(
      names = "--run",
      paramLabel = "COMMAND",
      order = 5,
      description = {
        "Run a shell's command, which knows $uri ($nbd is the same), $unixsocket, $port and",
        "$exportname, and end when it has ended."
      })
  private @Nullable String run;

  @Option(
      names = {"-P", "--pid-file", "--pidfile"},
      paramLabel = "FILE",
      order = 6,
      description = "Write the process's number to this file when clients can connect.")
  private @Nullable String pidFile;

  @Option(
      names = {"-r", "--read-only", "--readonly"},
      order = 7,
      description = "Let no client write, which none can with read=.")
  private boolean readOnly;

  @Option(
      names = {"-v", "--verbose"},
      order = 8,
      description = "Tell on standard error what happens.")
  private boolean verbose;

  @Option(
      names = {"-f", "--foreground", "--no-fork"},
      order = 9,
      description = "Stay in the foreground, as is always done.")
  @SuppressWarnings("unused") // accepted, without effect
  private boolean foreground;

  @Option(
      names = "--exit-with-parent",
      order = 6,
      description = "End when the program that started this one has ended.")
  private boolean exitWithParent;

  @Option(
      names = {"-n", "--new-style", "--newstyle"},
      hidden = true)
  @SuppressWarnings("unused") // accepted, without effect
  private boolean newStyle;

  @Option(
      names = {"-t", "--threads"},
      hidden = true)
  @SuppressWarnings("unused") // accepted, without effect
  private int threads;

  @Option(names = "--log", paramLabel = "stderr", hidden = true)
  private String log = "stderr";

  /** Where clients connect. */
  sealed interface Address {

    /** A Unix socket; null for one in a private folder. */
    record Unix(@Nullable FilePath socket) implements Address {}

    /** An address and a port; 0 for any free port. */
    record Tcp(String host, int port) implements Address {}
  }

  /** Returns where to listen. */
  Address address() {
    if (unix != null && port != null) {
      throw new UsageException("-p and -U cannot be used in this combination");
    }
    if (unix != null) {
      return new Address.Unix(unix.equals("-") ? null : path("-U", unix));
    }
    return new Address.Tcp(address, port == null ? DEFAULT_PORT : portNumber(port));
  }

  private static int portNumber(String text) {
    if (text.matches("[0-9]{1,5}") && Integer.parseInt(text) <= MAX_PORT) {
      return Integer.parseInt(text);
    }
    throw new UsageException(
        "-p %s is no port; expected a number from 0 to %d".formatted(text, MAX_PORT));
  }

  static FilePath path(String option, String text) {
    try {
      return FilePath.configured(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException("%s %s: %s".formatted(option, text, e.getMessage()));
    }
  }

  /** Returns the name of the export. */
  String exportName() {
    return exportName;
  }

  /** Returns the command of {@code --run}; null if there is none. */
  @Nullable String command() {
    return run;
  }

  /** Returns the file for the process's number; null if there is none. */
  @Nullable FilePath pidFile() {
    return pidFile == null ? null : path("-P", pidFile);
  }

  /** Returns whether the stream ends when this process's parent ends. */
  boolean endsWithParent() {
    return exitWithParent;
  }

  boolean isReadOnly() {
    return readOnly;
  }

  boolean isVerbose() {
    return verbose;
  }

  /** Fails if an option with only one valid value has another one. */
  void requireSense() {
    if (!log.equals("stderr")) {
      throw new UsageException(
          "--log=%s is not there as nbdkit has it; expected stderr".formatted(log));
    }
  }
}
