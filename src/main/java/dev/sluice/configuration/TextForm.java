package dev.sluice.configuration;

import dev.sluice.client.Network;
import dev.sluice.posix.FilePath;
import java.util.Optional;
import java.util.function.Consumer;

/** The required format of a text property. */
public enum TextForm {
  /** A path, absolute or relative to the working directory. */
  PATH,
  /** An IP address or a network. */
  NETWORK,
  /** A host that a client can connect to. */
  HOST,
  /** The permissions of a file, in octal. */
  FILE_MODE;

  /** Returns what is wrong with a text, or what was expected; empty if it has this form. */
  Optional<String> complaint(String text) {
    return switch (this) {
      case PATH -> refusal(text, FilePath::configured).map(said -> "must be a path: " + said);
      case NETWORK -> refusal(text, Network::parse);
      case HOST ->
          unless(
              HostText.isUsable(text),
              "must be a host name or an address alone, without scheme, port or path, and no"
                  + " wildcard such as 0.0.0.0 or ::");
      case FILE_MODE ->
          unless(
              text.matches("0[0-7]{3}"), "must be 0 and three octal digits in quotes, as \"0600\"");
    };
  }

  private static Optional<String> unless(boolean hasForm, String expected) {
    return hasForm ? Optional.empty() : Optional.of(expected);
  }

  private static Optional<String> refusal(String text, Consumer<String> reader) {
    try {
      reader.accept(text);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.ofNullable(e.getMessage());
    }
  }
}
