package dev.sluice.cli.common;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: the build's version. */
public final class Version implements IVersionProvider {

  /** The text for an unknown version. */
  public static final String NONE = "(no version)";

  private static final String BUILD = "/META-INF/build-info.properties";

  /** For picocli. */
  public Version() {}

  @Override
  public String[] getVersion() {
    return new String[] {line()};
  }

  /** Returns the program's name and version. */
  public static String line() {
    return "sluice " + text();
  }

  /** Returns the version alone. */
  public static String text() {
    Properties build = new Properties();
    try (InputStream in = Version.class.getResourceAsStream(BUILD)) {
      if (in != null) {
        build.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return build.getProperty("build.version", NONE);
  }
}
