package dev.sluice.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilePathTest {

  /** Written by its number, since javac's locale is nobody's business. */
  private static final String NAME = "r\u00e4ume-\u65e5\u672c-\ud83d\ude00";

  private static void assertRefused(String path, String why) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FilePath(path))
        .withMessageContaining(why);
  }

  @ParameterizedTest
  @CsvSource({"/a/b, /a/b", "/a//b/, /a/b", "//a, /a", "/, /", "///, /", "/a b, /a b"})
  void aPathHasNoEmptyNames(String given, String path) {
    assertThat(new FilePath(given)).hasToString(path).isEqualTo(new FilePath(path));
  }

  @Test
  void aPathHasAllLetters() {
    FilePath path = new FilePath("/" + NAME);

    assertThat(path.name()).isEqualTo(NAME);
    assertThat(path.length()).isEqualTo(1 + 6 + 1 + 6 + 1 + 4);
  }

  @Test
  void aRelativePathIsRefused() {
    assertRefused("pipe", "relative; expected an absolute path");
    assertRefused("", "empty");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/r/../outside", "/r/folder/../pipe", "/r/./pipe", "/..", "/r/.", "/."})
  void aPathWithDotsIsRefused(String path) {
    assertRefused(path, "'..'");
  }

  @Test
  void aNameWithDotsInItIsAName() {
    assertThat(new FilePath("/..a/b../c.d/...")).hasToString("/..a/b../c.d/...");
  }

  @Test
  void whatNoFileCanBeCalledIsRefused() {
    assertRefused("/a\0b", "no path: it has a zero byte");
    assertRefused("/a\ud83d", "no path: it has half of a character");
    assertRefused("/\ude00a", "no path: it has half of a character");
  }

  @Test
  void aPathIsBelowTheFoldersThatItIsInOnly() {
    FilePath path = new FilePath("/a/bc/d");

    assertThat(path.isBelow(new FilePath("/"))).isTrue();
    assertThat(path.isBelow(new FilePath("/a"))).isTrue();
    assertThat(path.isBelow(new FilePath("/a/bc"))).isTrue();
    assertThat(path.isBelow(new FilePath("/a/b"))).isFalse();
    assertThat(path.isBelow(path)).isFalse();
    assertThat(new FilePath("/").isBelow(new FilePath("/"))).isFalse();
    assertThat(path.relativeTo(new FilePath("/a"))).isEqualTo("bc/d");
    assertThat(path.relativeTo(new FilePath("/"))).isEqualTo("a/bc/d");
  }

  @ParameterizedTest
  @CsvSource({"/a/b, /a, b", "/a, /, a", "/, /, ''"})
  void aPathIsAFolderAndAName(String path, String folder, String name) {
    assertThat(new FilePath(path).parent()).hasToString(folder);
    assertThat(new FilePath(path).name()).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({"/a/./b/../c, /a/c", "/../a, /a", "/a/.., /", "/a/b/, /a/b"})
  void anOperatorMayWriteDots(String given, String path) {
    assertThat(FilePath.configured(given)).hasToString(path);
  }

  @Test
  void anOperatorMayNameWhatIsInTheFolderOfTheStart() {
    String start = System.getProperty("user.dir");

    assertThat(FilePath.configured("a/b")).hasToString(start + "/a/b");
    assertThat(FilePath.configured("./a")).hasToString(start + "/a");
  }

  @ParameterizedTest
  @CsvSource({"/r\ufffdume, LC_ALL=C.UTF-8", "file:/tmp/sluice, URL", "'', empty"})
  void anOperatorIsToldWhatIsWrong(String given, String why) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FilePath.configured(given))
        .withMessageContaining(why);
    assertThat(FilePath.configured("/tmp/" + NAME)).hasToString("/tmp/" + NAME);
  }
}
