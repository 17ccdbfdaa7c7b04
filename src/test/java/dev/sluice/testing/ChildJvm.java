package dev.sluice.testing;

import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.FilePath;
import dev.sluice.posix.Posix;
import dev.sluice.posix.PosixFiles;
import java.nio.file.Path;

/** A class with a main method in a process of its own, for what would harm the tests' process. */
public final class ChildJvm {

  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

  private ChildJvm() {}

  /** The class, with what the tests have on the class path. */
  public static Command of(Class<?> main, Object... arguments) {
    String tests = System.getProperty("java.class.path");
    return Command.of(JAVA, "--enable-native-access=ALL-UNNAMED", "-cp")
        .with(System.getProperty("surefire.test.class.path", tests), main.getName())
        .with(arguments);
  }

  /**
   * Loads what it takes to tell of an error of Linux. Called in the child, before it uses all
   * descriptors up: a class in a folder needs one to be loaded, and one in a jar does not.
   */
  public static void loadErrors() {
    try {
      Posix.close(PosixFiles.openPlace(new FilePath("/missing")));
    } catch (ErrnoException e) {
      System.out.println(e.getMessage());
    }
  }

  /**
   * The same with no more rights than an ordinary user has, if it would be root's.
   *
   * @param capabilities those to be without, such as {@code -chown}
   */
  public static Command ordinary(String capabilities, Command child) {
    return ROOT ? child.behind("setpriv", "--bounding-set=" + capabilities) : child;
  }
}
