package dev.sluice.cli.manual;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.cli.Cli;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Writes the man pages, the completions for shells, and the changelog that a Debian package must
 * have.
 */
public final class Manual {

  private static final DateTimeFormatter CHANGELOG_TIME =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss xx", Locale.ENGLISH);

  /**
   * Offset and value of the byte in which a gzip file says that it was compressed best (RFC 1952).
   */
  private static final int EXTRA_FLAGS = 8;

  private static final byte SLOWEST = 2;

  private Manual() {}

  /**
   * Runs in the build.
   *
   * @param args the folder to write to, whose files are laid out as below {@code /usr/share}, then
   *     the version and the time of the build
   */
  public static void main(String[] args) throws IOException {
    write(Path.of(args[0]), args[1], Instant.parse(args[2]).atOffset(ZoneOffset.UTC));
  }

  private static void write(Path folder, String version, OffsetDateTime time) throws IOException {
    CommandLine line = Cli.model();
    CommandSpec all = line.getCommandSpec();
    List<CommandSpec> pages = new ArrayList<>(Words.commands(all));
    pages.addFirst(all);
    for (CommandSpec page : pages) {
      compressed(
          folder.resolve("man/man1/%s.1.gz".formatted(ManPage.name(page))),
          ManPage.of(page, time.toLocalDate().toString(), all.name() + " " + version));
    }
    text(
        folder.resolve("bash-completion/completions/sluice"),
        AutoComplete.bash(all.name(), line).replaceFirst("\\A#!.*\n", ""));
    text(folder.resolve("zsh/vendor-completions/_sluice"), ZshCompletion.of(all));
    text(folder.resolve("fish/vendor_completions.d/sluice.fish"), FishCompletion.of(all));
    compressed(folder.resolve("doc/sluice/changelog.gz"), changelog(version, time));
  }

  private static String changelog(String version, OffsetDateTime time) {
    return """
        sluice (%s) unstable; urgency=medium

          * CHANGELOG.md of the sources says what has changed.

         -- Sluice's maintainers <sluice@localhost>  %s
        """
        .formatted(version.replace('-', '~'), time.format(CHANGELOG_TIME));
  }

  /** Compresses a file as {@code gzip -9n} does, with the same header. */
  private static void compressed(Path file, String content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new Best(bytes)) {
      out.write(content.getBytes(UTF_8));
    }
    byte[] all = bytes.toByteArray();
    all[EXTRA_FLAGS] = SLOWEST;
    Files.createDirectories(file.getParent());
    Files.write(file, all);
  }

  private static final class Best extends GZIPOutputStream {

    Best(OutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }

  private static void text(Path file, String content) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }
}
