package dev.sluice.cli.streaming;

import dev.sluice.cli.common.UsageException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Options of nbdkit that Sluice does not have. The error message says what to use instead. */
enum RefusedOption {
  DEBUG("-v tells what happens", "PLUGIN.FLAG=N", "-D --debug"),
  DUMP_CONFIG("there are no plugins to be found", "", "--dump-config"),
  DUMP_PLUGIN("there are no plugins", "", "--dump-plugin"),
  FILTER(
      "there are no filters; --rate-limit and other options do some of it", "FILTER", "--filter"),
  GROUP("start it as that group: setpriv --regid", "GROUP", "-g --group"),
  MASK_HANDSHAKE("no client needs it", "MASK", "--mask-handshake"),
  NO_SR("a client that has no use for structured replies asks for none", "", "--no-sr"),
  OLD_STYLE("clients of the old protocol are too old", "", "-o --old-style --oldstyle"),
  SELINUX_LABEL("use chcon on the socket's folder", "LABEL", "--selinux-label"),
  SINGLE("a client connects; use -U or -p", "", "-s --single --stdin"),
  SWAP("no stream is swap space", "", "--swap"),
  TLS_PSK("use --tls-certificates", "FILE", "--tls-psk"),
  USER("start it as that user: setpriv --reuid, runuser", "USER", "-u --user"),
  VSOCK("use -U or -p", "", "--vsock");

  private final String instead;
  private final String value;
  private final String names;

  /**
   * Creates an option.
   *
   * @param instead what to use instead
   * @param value the label of its value; empty if it has none
   * @param names its names, separated by spaces
   */
  RefusedOption(String instead, String value, String names) {
    this.instead = instead;
    this.value = value;
    this.names = names;
  }

  /** Returns its names. */
  List<String> names() {
    return List.of(names.split(" "));
  }

  /** Returns whether it takes a value. */
  boolean hasValue() {
    return !value.isEmpty();
  }

  /** Adds all of them to a command, as hidden options. */
  static void addTo(CommandLine command) {
    for (RefusedOption each : values()) {
      command
          .getCommandSpec()
          .addOption(
              OptionSpec.builder(each.names().toArray(String[]::new))
                  .arity(each.hasValue() ? "1" : "0")
                  .type(each.hasValue() ? String.class : boolean.class)
                  .paramLabel(each.value)
                  .hidden(true)
                  .build());
    }
  }

  /**
   * Fails if one of them was typed.
   *
   * @throws UsageException if one was; the message says what to use instead
   */
  static void requireNone(ParseResult typed) {
    Optional<OptionSpec> found =
        typed.matchedOptions().stream().filter(option -> of(option).isPresent()).findFirst();
    if (found.isPresent()) {
      throw new UsageException(
          "there is no %s as nbdkit has it: %s"
              .formatted(
                  String.join(" or ", found.get().names()), of(found.get()).orElseThrow().instead));
    }
  }

  private static Optional<RefusedOption> of(OptionSpec option) {
    return Stream.of(values()).filter(each -> each.names().contains(option.names()[0])).findFirst();
  }
}
