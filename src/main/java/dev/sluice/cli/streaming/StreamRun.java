package dev.sluice.cli.streaming;

import dev.sluice.cli.common.ErrorLine;
import dev.sluice.cli.common.ExitCode;
import dev.sluice.cli.common.FailedException;
import dev.sluice.cli.streaming.ServerOptions.Address;
import dev.sluice.export.ExportChanges;
import dev.sluice.export.ExportException;
import dev.sluice.export.ExportSpec;
import dev.sluice.posix.FilePath;
import dev.sluice.posix.Signals;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.RefusedRequestException;
import dev.sluice.stream.StreamStatus;
import dev.sluice.stream.bytes.ByteStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One run of {@code sluice streaming}, from its start to its exit code. */
final class StreamRun {

  /** How long clients may take to disconnect from a stream that has ended. */
  private static final Duration FAREWELL = Duration.ofSeconds(10);

  /** How long clients may stay connected after the command of {@code --run} has ended. */
  private static final Duration LEFT_BEHIND = Duration.ofSeconds(5);

  /** No limit: the stream has its own deadlines. */
  private static final Duration AS_LONG_AS_IT_TAKES = Duration.ofNanos(Long.MAX_VALUE);

  private final ServerOptions options;
  private final TlsOptions tls;
  private final PipeParameters pipe;
  private final ExportSpec spec;
  private final PrintWriter err;

  StreamRun(
      ServerOptions options,
      TlsOptions tls,
      PipeParameters pipe,
      ExportSpec spec,
      PrintWriter err) {
    this.options = options;
    this.tls = tls;
    this.pipe = pipe;
    this.spec = spec;
    this.err = err;
  }

  /** Serves the stream, and returns the exit code of the process. */
  int run(Interruption interruption) throws InterruptedException {
    if (options.endsWithParent()) {
      interruption.expectParentToStay();
    }
    Address address = options.address();
    if (address instanceof Address.Unix(FilePath socket) && socket == null) {
      try (PrivateFolder folder = new PrivateFolder()) {
        return run(interruption, new Address.Unix(folder.socket()));
      }
    }
    return run(interruption, address);
  }

  private int run(Interruption interruption, Address address) throws InterruptedException {
    try (StreamServer server = start(address)) {
      writePidFile();
      Verdict verdict =
          options.command() == null
              ? serve(server, interruption)
              : serveCommand(server, interruption, script(server, address));
      StreamStatus status = server.export().stream().status();
      if (verdict.complaint() != null) {
        ErrorLine.print(err, verdict.complaint());
      } else if (status.digest() != null) {
        err.println(status.digest() + "  " + pipe.pipe());
      }
      return verdict.exitCode();
    }
  }

  private StreamServer start(Address address) {
    try {
      return StreamServer.start(spec, pipe.isStandard(), address, tls);
    } catch (ExportException e) {
      throw new FailedException("%s: %s".formatted(pipe.pipe(), e.complaint()), e);
    }
  }

  private void writePidFile() {
    FilePath file = options.pidFile();
    if (file == null) {
      return;
    }
    try {
      Files.writeString(Path.of(file.text()), ProcessHandle.current().pid() + "\n");
    } catch (IOException e) {
      throw new FailedException("-P %s: %s".formatted(file, e), e);
    }
  }

  private String script(StreamServer server, Address address) {
    FilePath socket = address instanceof Address.Unix(FilePath given) ? given : null;
    return CaptiveScript.of(
        tls.scheme(),
        socket,
        server.port(),
        options.exportName(),
        String.valueOf(options.command()));
  }

  private Verdict serve(StreamServer server, Interruption interruption)
      throws InterruptedException {
    ByteStream stream = server.export().stream();
    interruption.answerWith(signal -> stop(stream, signal));
    server.changes().await(() -> stream.status().state().ended(), AS_LONG_AS_IT_TAKES);
    server.changes().await(() -> stream.status().clients() == 0, FAREWELL);
    return Verdict.of(stream.status(), null, ExitCode.DONE);
  }

  private static void stop(ByteStream stream, Signals signal) {
    stream.fail("SIG%s has stopped it".formatted(signal));
  }

  private Verdict serveCommand(StreamServer server, Interruption interruption, String script)
      throws InterruptedException {
    ByteStream stream = server.export().stream();
    CaptiveCommand command = CaptiveCommand.start(script);
    interruption.answerWith(
        signal -> {
          stop(stream, signal);
          command.pass(signal);
        });
    int exitCode = command.await();
    server.stopListening();
    awaitClients(stream, server.changes());
    String refusal = exitCode == 0 ? finish(stream) : null;
    return Verdict.of(stream.status(), refusal, exitCode);
  }

  /**
   * Waits until no client is attached. Fails the stream if a client stays after the command has
   * ended. Bytes of a client that has left may still be on their way; that wait has no limit of its
   * own.
   */
  private static void awaitClients(ByteStream stream, ExportChanges changes)
      throws InterruptedException {
    if (!changes.await(() -> !hasClients(stream), LEFT_BEHIND)) {
      stream.fail("the command has ended, and has left a client behind");
    }
    changes.await(
        () -> stream.status().state().ended() || stream.status().clients() == 0,
        AS_LONG_AS_IT_TAKES);
  }

  private static boolean hasClients(ByteStream stream) {
    StreamStatus status = stream.status();
    return !status.state().ended() && status.clients() > stream.departures().leaving();
  }

  /**
   * Finishes the stream when the command has succeeded. The user vouches for it by the command,
   * where no client can signal that the stream is complete, as with a short one.
   *
   * @return why it could not be finished; null if it is finished, or its status says why not
   */
  private static @Nullable String finish(ByteStream stream) {
    if (stream.status().state().ended() || !stream.departures().areAllProper()) {
      return null;
    }
    try {
      stream.finish(Assurances.NONE);
      return null;
    } catch (RefusedRequestException e) {
      return e.getMessage();
    } catch (IOException e) {
      return null; // its status says why
    }
  }
}
