package dev.sluice.cli.streaming;

import dev.sluice.cli.common.UsageException;
import dev.sluice.export.ByteCount;
import dev.sluice.export.TimeLimit;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.Timeouts;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the stream, named after the service's fields and keys. */
final class StreamOptions {

  private static final String SHA_256 = "SHA-256";

  @Option(
      names = "--reorder-window",
      paramLabel = "SIZE",
      order = 20,
      defaultValue = "64M",
      description = "Keep so many bytes that come out of order (${DEFAULT-VALUE}).")
  private String reorderWindow = "";

  @Option(
      names = "--head-window",
      paramLabel = "SIZE",
      order = 21,
      defaultValue = "64k",
      description = "Let so many bytes at the start be written or read again (${DEFAULT-VALUE}).")
  private String headWindow = "";

  @Option(
      names = "--resume-window",
      paramLabel = "SIZE",
      order = 22,
      defaultValue = "0",
      description = "Keep so many bytes for a client that comes back (${DEFAULT-VALUE}).")
  private String resumeWindow = "";

  @Option(
      names = "--peer-timeout",
      paramLabel = "TIME",
      order = 23,
      defaultValue = "10m",
      description = "Wait so long for somebody to open the pipe (${DEFAULT-VALUE}).")
  private String peerTimeout = "";

  @Option(
      names = "--idle-timeout",
      paramLabel = "TIME",
      order = 24,
      defaultValue = "30m",
      description = "Let the stream stand still for so long (${DEFAULT-VALUE}).")
  private String idleTimeout = "";

  @Option(
      names = "--resume-timeout",
      paramLabel = "TIME",
      order = 25,
      defaultValue = "60s",
      description = "Wait so long for a client to come back (${DEFAULT-VALUE}).")
  private String resumeTimeout = "";

  @Option(
      names = "--lifetime",
      paramLabel = "TIME",
      order = 26,
      defaultValue = "0",
      description = "Let the stream be there for so long (${DEFAULT-VALUE}: for ever).")
  private String lifetime = "";

  @Option(
      names = "--stall-timeout",
      paramLabel = "TIME",
      order = 27,
      defaultValue = "10s",
      description = "Let a client hold up another one for so long (${DEFAULT-VALUE}).")
  private String stallTimeout = "";

  @Option(
      names = "--end-timeout",
      paramLabel = "TIME",
      order = 28,
      defaultValue = "2s",
      description = "Wait so long for the end of what is read (${DEFAULT-VALUE}).")
  private String endTimeout = "";

  @Option(
      names = "--pad-tail",
      order = 30,
      description = "write=: the rest of the size is zeroes, after the goodbye of the last client.")
  private boolean padTail;

  @Option(
      names = "--accept-close",
      order = 31,
      description = "read=: a client that closes its connection has said goodbye by that.")
  private boolean acceptClose;

  @Option(
      names = "--accept-unread",
      order = 32,
      description = "read=: what no client has asked for is not wanted.")
  private boolean acceptUnread;

  @Option(
      names = "--accept-excess",
      order = 33,
      description = "read=: what there is beyond the size is not wanted.")
  private boolean acceptExcess;

  @Option(
      names = "--copy",
      order = 34,
      description = "Copy what is sent, so that its sender cannot change it any more.")
  private boolean copy;

  @Option(
      names = "--digest",
      paramLabel = SHA_256,
      order = 35,
      description =
          "When the stream is complete, print its digest as sha256sum does, on standard error.")
  private @Nullable String digest;

  @Option(
      names = "--rate-limit",
      paramLabel = "SIZE",
      order = 36,
      defaultValue = "0",
      description = "Pass so many bytes in a second (${DEFAULT-VALUE}: as fast as it goes).")
  private String rateLimit = "";

  @Option(
      names = "--listen",
      order = 37,
      description = "Make the pipe a Unix socket, to which one program connects.")
  private boolean listen;

  /** Returns whether the pipe is to be a new Unix socket that the peer connects to. */
  boolean isListening() {
    return listen;
  }

  /** Returns the settings of the stream. */
  StreamSettings settings(OptionalLong size) {
    if (digest != null && !digest.equalsIgnoreCase(SHA_256)) {
      throw new UsageException("--digest=%s: expected %s".formatted(digest, SHA_256));
    }
    return new StreamSettings(
        size,
        bytes("--reorder-window", reorderWindow, ByteCount.WINDOW),
        Math.toIntExact(bytes("--head-window", headWindow, ByteCount.HEAD)),
        bytes("--resume-window", resumeWindow, ByteCount.WINDOW),
        new Timeouts(
            time("--peer-timeout", peerTimeout),
            time("--idle-timeout", idleTimeout),
            time("--resume-timeout", resumeTimeout),
            time("--lifetime", lifetime),
            time("--stall-timeout", stallTimeout),
            time("--end-timeout", endTimeout)),
        new Assurances(padTail, acceptClose, acceptUnread, acceptExcess),
        copy,
        digest != null,
        bytes("--rate-limit", rateLimit, ByteCount.RATE));
  }

  private static long bytes(String option, String text, ByteCount range) {
    return parse(option, text, range::parse);
  }

  private static Duration time(String option, String text) {
    return parse(option, text, TimeLimit::parse);
  }

  /** Parses an option's value. A failure is the service's error message, after the option. */
  static <T> T parse(String option, String text, Function<String, T> form) {
    try {
      return form.apply(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException("%s=%s: %s".formatted(option, text, e.getMessage()));
    }
  }
}
