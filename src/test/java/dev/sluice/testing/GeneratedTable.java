package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A table in a page that code makes: it stands between two comments that name it. */
public final class GeneratedTable {

  private GeneratedTable() {}

  /**
   * Fails, with what has to be put there, unless the page has the table.
   *
   * @param name what the comments call it, {@code <!-- name -->} and {@code <!-- end of name -->}
   */
  public static void assertStands(Path page, String name, String table) throws IOException {
    String begin = "<!-- %s -->\n".formatted(name);
    String end = "<!-- end of %s -->\n".formatted(name);
    String text = Files.readString(page);
    assertThat(text).containsOnlyOnce(begin).containsOnlyOnce(end);
    assertThat(text.substring(text.indexOf(begin) + begin.length(), text.indexOf(end)))
        .withFailMessage("%s: expected between the two comments%n%n%s", page, table)
        .isEqualTo(table);
  }
}
