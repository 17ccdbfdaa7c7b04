package dev.sluice.configuration;

import dev.sluice.client.Network;
import dev.sluice.posix.FilePath;
import java.util.Optional;
import java.util.function.Consumer;

/** What the text of a key can have to be. */
public enum TextForm {
  /** A file or a folder, which can be relative to the folder of the start. */
  PATH,
  /** An address, or a network. */
  NETWORK,
  /** What a client can connect to. */
  HOST,
  /** The permissions of a file. */
  FILE_MODE;

  /** What is wrong with a text, or what was expected; empty if it has this form. */
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
