package dev.sluice.cli.remote;

import dev.sluice.cli.remote.view.ExportPrinter;
import dev.sluice.cli.remote.view.Format;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The option for the output format. */
final class OutputOptions {

  @Option(
      names = {"-o", "--output"},
      paramLabel = "json|wide|name",
      order = 40,
      converter = Form.class,
      description = "Print the service's JSON, more columns, or the name alone.")
  private @Nullable Format format;

  /** Returns whether a format was given. */
  boolean isGiven() {
    return format != null;
  }

  boolean isJson() {
    return format == Format.JSON;
  }

  ExportPrinter printer(PrintWriter out) {
    return new ExportPrinter(format == null ? Format.TABLE : format, out, Clock.systemUTC());
  }

  /** Parses a format, for picocli. */
  static final class Form implements ITypeConverter<Format> {

    @Override
    public Format convert(String text) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "json" -> Format.JSON;
        case "wide" -> Format.WIDE;
        case "name" -> Format.NAME;
        default ->
            throw new TypeConversionException(
                "'%s' is no format; expected json, wide or name".formatted(text));
      };
    }
  }
}
