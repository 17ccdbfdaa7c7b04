package dev.sluice.export;

import dev.sluice.configuration.UnusableConfigurationException;
import dev.sluice.endpoint.EndpointFactory;
import dev.sluice.endpoint.EndpointRoots;
import dev.sluice.endpoint.RootInUseException;
import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.FilePath;
import dev.sluice.posix.Folders;
import dev.sluice.posix.PosixFiles;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Creates, opens and locks the folders of {@code sluice.exports.roots} at the start. */
final class RootFolders {

  private static final String KEY = "sluice.exports.roots";

  private static final Logger log = LoggerFactory.getLogger(RootFolders.class);

  private RootFolders() {}

  /**
   * Creates the factory of endpoints below the roots. Missing roots are created, and all are opened
   * and locked.
   *
   * @throws InvalidConfigurationPropertyValueException when a root cannot be created, or is not a
   *     folder
   * @throws UnusableConfigurationException when another service uses a root, or one cannot be
   *     opened
   */
  static EndpointFactory endpoints(ExportProperties properties) {
    EndpointFactory endpoints =
        new EndpointFactory(
            open(properties.rootPaths()), properties.fifoPermissions(), properties.fifoGroup());
    endpoints.troubles().forEach(log::warn);
    return endpoints;
  }

  /**
   * Creates missing roots with mode 0700, and opens and locks all of them.
   *
   * @throws InvalidConfigurationPropertyValueException when a root cannot be created, or is not a
   *     folder
   * @throws UnusableConfigurationException when another service uses a root, or one cannot be
   *     opened
   */
  static EndpointRoots open(List<FilePath> roots) {
    FilePath predictable = FilePath.configured(DefaultRoot.path());
    Set<FilePath> made = new HashSet<>();
    for (FilePath root : roots) {
      if (root.equals(predictable) ? preparePredictable(root) : prepare(root)) {
        made.add(root);
      }
    }
    try {
      EndpointRoots opened = EndpointRoots.open(roots, made);
      opened.warnings().forEach(log::warn);
      return opened;
    } catch (RootInUseException e) {
      throw new UnusableConfigurationException(
          "%s: %s. Two services with one root would take the same FIFOs."
              .formatted(KEY, e.getMessage()),
          "Stop that one, or name another folder for this one: --%s=/folder".formatted(KEY));
    } catch (IOException e) {
      throw new UnusableConfigurationException(
          "%s: one of %s cannot be opened: %s.".formatted(KEY, roots, e.getMessage()),
          "Name folders that this service's user may use.");
    }
  }

  /**
   * Creates a root with mode 0700 if it is missing.
   *
   * @return whether it was missing
   * @throws InvalidConfigurationPropertyValueException when it cannot be created, or is not a
   *     folder
   */
  static boolean prepare(FilePath root) {
    try {
      return Folders.make(root);
    } catch (ErrnoException e) {
      throw new InvalidConfigurationPropertyValueException(
          KEY,
          root,
          "Cannot make this folder: %s. Make it, or name another.".formatted(e.getMessage()));
    }
  }

  /**
   * Creates a root whose path anybody can predict, and so may have created first.
   *
   * @throws InvalidConfigurationPropertyValueException when it belongs to somebody else
   */
  static boolean preparePredictable(FilePath root) {
    boolean made = prepare(root);
    try (Descriptor found = new Descriptor(PosixFiles.openPlaceOrLink(root))) {
      if (Folders.rights(found.number()).user() != Folders.ownUser()) {
        throw new InvalidConfigurationPropertyValueException(
            KEY, root, "This folder belongs to another user. Name one that can be trusted.");
      }
      return made;
    } catch (ErrnoException e) {
      throw new InvalidConfigurationPropertyValueException(
          KEY, root, "Cannot find out whose folder this is: " + e.getMessage());
    }
  }
}
