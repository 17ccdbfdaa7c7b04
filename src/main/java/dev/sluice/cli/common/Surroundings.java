package dev.sluice.cli.common;

import dev.sluice.posix.Terminals;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a command finds around it.
 *
 * @param variables those of the environment, by their names
 * @param columns how wide the terminal is that standard output goes to; 0 if it goes to none
 * @param in standard input
 * @param out standard output, for bytes that are no text
 */
public record Surroundings(
    Function<String, @Nullable String> variables,
    IntSupplier columns,
    InputStream in,
    OutputStream out) {

  private static final int STANDARD_OUTPUT = 1;

  /** Those of this process. */
  public static Surroundings ofProcess() {
    // System.out would keep its failures to itself.
    return new Surroundings(
        System::getenv,
        () -> Terminals.columns(STANDARD_OUTPUT),
        new FileInputStream(FileDescriptor.in),
        new FileOutputStream(FileDescriptor.out));
  }
}
