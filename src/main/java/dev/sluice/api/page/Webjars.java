package dev.sluice.api.page;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** Libraries for browsers, each in a folder named by its version. */
final class Webjars {

  private static final String ALL = "classpath*:/META-INF/resources/webjars/";

  private Webjars() {}

  /**
   * Returns the location of a library's files, in Spring's notation.
   *
   * @param name the library's name on npm
   * @param file one of its files
   */
  static String folderOf(String name, String file) {
    try {
      Resource[] found =
          new PathMatchingResourcePatternResolver().getResources(ALL + name + "/*/" + file);
      if (found.length == 0) {
        throw new IllegalStateException("there is no webjar of " + name);
      }
      String url = found[0].getURL().toString();
      return url.substring(0, url.length() - file.length());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
