package dev.sluice.access.token;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Who else can change the content at a path: by writing to the file, or by replacing it, one of its
 * folders, or a symbolic link on the way. Root and this service's own user do not count.
 *
 * @param everybody in which ways everybody can, in words; empty if not everybody can
 * @param some who else can, in words
 */
record Writers(Set<String> everybody, Set<String> some) {

  private static final int ROOT = 0;
  private static final int GROUP_WRITES = 020;
  private static final int OTHERS_WRITE = 02;
  private static final int STICKY = 01000;

  /** The limit of Linux. */
  private static final int MAX_LINKS = 40;

  /** The owner and mode of a file, folder or symbolic link. */
  private record Entry(Path path, int mode, int user, int group) {

    static Entry at(Path path) throws IOException {
      Map<String, Object> found =
          Files.readAttributes(path, "unix:mode,uid,gid", LinkOption.NOFOLLOW_LINKS);
      return new Entry(path, number(found, "mode"), number(found, "uid"), number(found, "gid"));
    }

    private static int number(Map<String, Object> found, String name) {
      return found.get(name) instanceof Integer number ? number : 0;
    }

    boolean has(int bit) {
      return (mode & bit) != 0;
    }
  }

  /**
   * Checks a path.
   *
   * @throws IOException if there is nothing at the path, or it cannot be checked
   */
  static Writers of(Path file) throws IOException {
    Writers found = new Writers(new LinkedHashSet<>(), new LinkedHashSet<>());
    found.walk(file.toAbsolutePath());
    return found;
  }

  /** Resolves the path component by component, as Linux does. */
  private void walk(Path file) throws IOException {
    int ownUser = Entry.at(Path.of("/proc/self/stat")).user();
    Deque<Path> rest = new ArrayDeque<>();
    file.forEach(rest::add);
    Path root = Path.of("/");
    Path place = root;
    int links = 0;
    while (!rest.isEmpty()) {
      Path next = place.resolve(rest.pop()).normalize();
      Entry entry = Entry.at(next);
      lookAt(Entry.at(place), entry, ownUser);
      if (!Files.isSymbolicLink(next)) {
        place = next;
        continue;
      }
      if (++links > MAX_LINKS) {
        throw new IOException(file + " leads through too many symbolic links");
      }
      Path target = Files.readSymbolicLink(next);
      place = target.isAbsolute() ? root : place;
      for (int i = target.getNameCount() - 1; i >= 0; i--) {
        rest.push(target.getName(i));
      }
    }
    lookAt(Entry.at(place), ownUser);
  }

  /** Finds who can replace an entry of a folder. */
  private void lookAt(Entry folder, Entry entry, int ownUser) {
    if (!isNobodyElse(folder.user(), ownUser)) {
      some.add("the owner of %s (user %d)".formatted(folder.path(), folder.user()));
    }
    if (folder.has(STICKY)) {
      if (folder.has(OTHERS_WRITE | GROUP_WRITES) && !isNobodyElse(entry.user(), ownUser)) {
        (folder.has(OTHERS_WRITE) ? everybody : some)
            .add("anybody may have made %s (user %d has)".formatted(entry.path(), entry.user()));
      }
      return;
    }
    if (folder.has(OTHERS_WRITE)) {
      everybody.add("everybody may write to the folder " + folder.path());
    } else if (folder.has(GROUP_WRITES)) {
      some.add("the group of %s (%d)".formatted(folder.path(), folder.group()));
    }
  }

  /** Finds who can write to the file. */
  private void lookAt(Entry file, int ownUser) {
    if (file.has(OTHERS_WRITE)) {
      everybody.add("everybody may write to " + file.path());
    } else if (file.has(GROUP_WRITES)) {
      some.add("the group of %s (%d)".formatted(file.path(), file.group()));
    }
    if (!isNobodyElse(file.user(), ownUser)) {
      some.add("the owner of %s (user %d)".formatted(file.path(), file.user()));
    }
  }

  private static boolean isNobodyElse(int user, int ownUser) {
    return user == ROOT || user == ownUser;
  }
}
