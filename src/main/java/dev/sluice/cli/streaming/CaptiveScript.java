package dev.sluice.cli.streaming;

import dev.sluice.posix.FilePath;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Builds the shell script of {@code --run}: variables that say where the server is, and then the
 * command (nbdkit-captive(1)).
 */
final class CaptiveScript {

  /**
   * What needs no escape in the path or the query of a URI (RFC 3986), besides letters and digits.
   */
  private static final String SAFE = "-._~/";

  private CaptiveScript() {}

  /**
   * Returns the script.
   *
   * @param socket the Unix socket of the server; null for TCP
   * @param port the TCP port, if there is no socket
   */
  static String of(
      String scheme, @Nullable FilePath socket, int port, String exportName, String command) {
    String path = exportName.isEmpty() ? "" : "/" + escaped(exportName);
    String uri =
        socket == null
            ? "%s://localhost:%d%s".formatted(scheme, port, path)
            : "%s+unix://%s?socket=%s".formatted(scheme, path, escaped(socket.text()));
    return inAscii(
        String.join(
            "\n",
            "uri=" + quoted(uri),
            "nbd=\"$uri\"",
            "exportname=" + quoted(exportName),
            "port=" + (socket == null ? port : ""),
            "unixsocket=" + (socket == null ? "" : quoted(socket.text())),
            command));
  }

  /**
   * Returns an equivalent script in ASCII. Without a UTF-8 locale, Java can pass no other
   * characters to a process.
   */
  private static String inAscii(String script) {
    byte[] bytes = script.getBytes(StandardCharsets.UTF_8);
    if (bytes.length == script.length()) {
      return script;
    }
    StringBuilder text = new StringBuilder();
    for (byte each : bytes) {
      if (each < 0 || "\\'%".indexOf(each) >= 0) {
        text.append("\\%03o".formatted(Byte.toUnsignedInt(each)));
      } else {
        text.append((char) each);
      }
    }
    return "eval \"$(printf '" + text + "')\"";
  }

  /** Quotes a text for a shell. */
  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      char letter = (char) (each & 0xff);
      boolean safe =
          letter < 0x80 && (Character.isLetterOrDigit(letter) || SAFE.indexOf(letter) >= 0);
      if (safe) {
        escaped.append(letter);
      } else {
        escaped.append("%%%02X".formatted((int) letter));
      }
    }
    return escaped.toString();
  }
}
