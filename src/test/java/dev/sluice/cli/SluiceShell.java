package dev.sluice.cli;

import dev.sluice.testing.Command;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Runs scripts as somebody types them: {@code sluice} in them is the packaged jar. */
public final class SluiceShell {

  private static final Path PROGRAMS = programs();

  private SluiceShell() {}

  private static Path programs() {
    Path folder = Workspace.newFolder("bin");
    try {
      Path program = folder.resolve("sluice");
      Files.writeString(program, "#!/bin/sh\nexec %s \"$@\"\n".formatted(SluiceProcess.jar()));
      program.toFile().setExecutable(true);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A script.
   *
   * @param folder where it runs
   * @param arguments its {@code $1}, {@code $2} and so on
   */
  public static Command script(Path folder, String script, Object... arguments) {
    String start = "cd \"$1\" && export PATH=\"$2:$PATH\" && shift 2\n";
    Object[] all =
        Stream.concat(Stream.of(folder, PROGRAMS), Stream.of(arguments)).toArray(Object[]::new);
    return Command.shell(start + script, all);
  }
}
