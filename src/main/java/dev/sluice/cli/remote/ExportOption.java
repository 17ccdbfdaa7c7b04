package dev.sluice.cli.remote;

import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields of a request that are options, with the names that {@code sluice streaming} uses. An
 * option that is not given is left out of the request, so that the service's configuration applies.
 */
enum ExportOption {
  REORDER_WINDOW("SIZE", "Keep so many bytes that come out of order."),
  HEAD_WINDOW("SIZE", "Let so many bytes at the start be written or read again."),
  RESUME_WINDOW("SIZE", "Keep so many bytes for a client that comes back."),
  PEER_TIMEOUT("TIME", "Wait so long for somebody to open the endpoint."),
  IDLE_TIMEOUT("TIME", "Let the stream stand still for so long."),
  RESUME_TIMEOUT("TIME", "Wait so long for a client to come back."),
  LIFETIME("TIME", "Let the export be there for so long."),
  PAD_TAIL("", "write=: the rest of the size is zeroes, after the goodbye of the last client."),
  ACCEPT_CLOSE("", "read=: a client that closes its connection has said goodbye by that."),
  ACCEPT_UNREAD("", "read=: what no client has asked for is not wanted."),
  ACCEPT_EXCESS("", "read=: what there is beyond the size is not wanted."),
  COPY("", "Copy what is sent, so that its sender cannot change it any more."),
  DIGEST("SHA-256", "Show the digest of the stream when it has ended."),
  RATE_LIMIT("SIZE", "Pass so many bytes in a second."),
  TICKET("", "Make a secret URL of the data, for a peer without a token (PATH -)."),
  LISTEN("", "Make a Unix socket, to which one peer connects."),
  LISTED("", "Let clients be told of it that ask which exports there are.");

  private static final int FIRST = 20;
  private static final Pattern NEXT_WORD = Pattern.compile("_([a-z])");

  private final String value;
  private final String description;

  /**
   * Creates an option.
   *
   * @param value the label of its value; empty if it has none
   */
  ExportOption(String value, String description) {
    this.value = value;
    this.description = description;
  }

  /** Adds all of them to a command. */
  static void addTo(CommandSpec command) {
    int order = FIRST;
    for (ExportOption each : values()) {
      command.addOption(each.spec(order++));
    }
  }

  private OptionSpec spec(int order) {
    boolean flag = value.isEmpty();
    return OptionSpec.builder(option())
        .arity(flag ? "0" : "1")
        .type(flag ? Boolean.class : String.class)
        .negatable(this == COPY || this == LISTED) // which the configuration can switch on
        .paramLabel(value)
        .order(order)
        .description(description)
        .build();
  }

  /** Returns the option, such as {@code --head-window}. */
  String option() {
    return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the service's name of the field, such as {@code headWindow}. */
  String field() {
    return NEXT_WORD
        .matcher(name().toLowerCase(Locale.ROOT))
        .replaceAll(letter -> letter.group(1).toUpperCase(Locale.ROOT));
  }

  /** Adds the given options to a request. */
  static void put(ParseResult typed, ObjectNode request) {
    for (ExportOption each : values()) {
      Object given = typed.matchedOptionValue(each.option(), null);
      if (given != null) {
        request.putPOJO(each.field(), given);
      }
    }
  }
}
