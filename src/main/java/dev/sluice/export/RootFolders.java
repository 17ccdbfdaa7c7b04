package dev.sluice.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Sees to it at the start that there is a folder for every root. */
final class RootFolders {

  private static final String KEY = "sluice.exports.roots";
  private static final Path OWN_PROCESS = Path.of("/proc/self");

  private RootFolders() {}

  /**
   * Makes a root with mode 0700 if it is missing.
   *
   * @throws InvalidConfigurationPropertyValueException when it cannot be made, or is not a folder
   */
  static void prepare(Path root) {
    try {
      Files.createDirectories(
          root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new InvalidConfigurationPropertyValueException(
          KEY, root, "Cannot make this folder: %s. Make it, or name another.".formatted(e));
    }
  }

  /**
   * The same for a name in the temp folder that anybody may know, and may have made first.
   *
   * @throws InvalidConfigurationPropertyValueException when it belongs to somebody else
   */
  static void preparePredictable(Path root) {
    prepare(root);
    try {
      if (!Files.getOwner(root, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(OWN_PROCESS))) {
        throw new InvalidConfigurationPropertyValueException(
            KEY, root, "This folder belongs to another user. Name one that can be trusted.");
      }
    } catch (IOException e) {
      throw new InvalidConfigurationPropertyValueException(
          KEY, root, "Cannot find out whose folder this is: " + e);
    }
  }
}
