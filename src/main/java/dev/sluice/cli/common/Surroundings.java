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
 * The environment of a command.
 *
 * @param variables the environment variables, by name; null for one that is not set
 * @param columns the width of the terminal at standard output; 0 if it is not a terminal
 * @param in standard input
 * @param out standard output, for binary data
 */
public record Surroundings(
    Function<String, @Nullable String> variables,
    IntSupplier columns,
    InputStream in,
    OutputStream out) {

  private static final int STANDARD_OUTPUT = 1;

  /** Returns the environment of this process. */
  public static Surroundings ofProcess() {
    // System.out would hide write errors.
    return new Surroundings(
        System::getenv,
        () -> Terminals.columns(STANDARD_OUTPUT),
        new FileInputStream(FileDescriptor.in),
        new FileOutputStream(FileDescriptor.out));
  }
}
