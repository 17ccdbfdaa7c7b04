package dev.sluice.access.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sluice.configuration.UnusableConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What becomes of tokens when their file changes, however it does, and who may change it. */
@ExtendWith(OutputCaptureExtension.class)
class TokensFileTest {

  private static final String FIRST = "first-token-of-all";
  private static final String OTHER = "other-token-of-all"; // as long

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(folder.resolve("tokens"), FIRST);
    allow(file, "rw-------");
  }

  private Tokens tokens() {
    return new Tokens(List.of(), file);
  }

  private static void allow(Path path, String rights) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(rights));
  }

  private void assertStartFails(String why) {
    assertThatExceptionOfType(UnusableConfigurationException.class)
        .isThrownBy(this::tokens)
        .withMessageContaining("sluice.security.tokens-file")
        .withMessageContaining(why);
  }

  @Test
  void itIsFollowed() throws IOException {
    Tokens tokens = tokens();
    assertThat(tokens.find(FIRST)).isPresent();

    Files.writeString(file, OTHER + "\nviewer:third-token-of-all");

    assertThat(tokens.find(FIRST)).as("a token that was removed").isEmpty();
    assertThat(tokens.find(OTHER)).isPresent();
    assertThat(tokens.find("third-token-of-all")).map(Token::role).contains(Role.VIEWER);
    assertThat(tokens.trouble()).isEmpty();
  }

  @Test
  void aReplacementOfTheSameTimeAndLengthIsNoticed() throws IOException {
    FileTime time = Files.getLastModifiedTime(file);
    Tokens tokens = tokens();
    assertThat(tokens.find(FIRST)).isPresent();

    Path next = Files.writeString(folder.resolve("next"), OTHER);
    Files.setLastModifiedTime(next, time);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);

    assertThat(tokens.find(FIRST)).isEmpty();
    assertThat(tokens.find(OTHER)).isPresent();
    Files.writeString(file, FIRST);
    Files.setLastModifiedTime(file, time);
    assertThat(tokens.find(OTHER)).as("written in its place").isEmpty();
  }

  @Test
  void aFileThatIsDeletedTakesItsTokensWithIt(CapturedOutput output) throws IOException {
    Tokens tokens = tokens();
    Files.delete(file);

    assertThat(tokens.find(FIRST)).isEmpty();
    assertThat(tokens.find(FIRST)).isEmpty();
    assertThat(tokens.trouble()).get().asString().contains("cannot be read");
    assertThat(output).containsOnlyOnce("No token of " + file + " is valid any more");

    Files.writeString(file, FIRST);
    assertThat(tokens.find(FIRST)).isPresent();
    assertThat(tokens.trouble()).isEmpty();
    assertThat(output).contains(file + " has 1 token(s) now");
  }

  @ParameterizedTest
  @ValueSource(strings = {"two words", "cook:" + OTHER, "viewer", "sha256:0123", "\u00e4"})
  void aWrongLineTakesAllTokensWithIt(String line) throws IOException {
    Tokens tokens = tokens();
    Files.writeString(file, FIRST + "\n" + line);

    assertThat(tokens.find(FIRST)).isEmpty();
    assertThat(tokens.find(line)).isEmpty();
    assertThat(tokens.trouble()).get().asString().contains("Number 2");

    Files.writeString(file, OTHER);
    assertThat(tokens.find(OTHER)).isPresent();
  }

  @Test
  void whatIsNoFileHasNoTokens() throws IOException {
    Tokens tokens = tokens();
    Files.delete(file);
    Files.createDirectory(file);

    assertThat(tokens.find(FIRST)).isEmpty();
    assertThat(tokens.trouble()).isPresent();
  }

  @Test
  @Timeout(60)
  void aFifoThatTakesItsPlaceAtAnyTimeHangsNobody() throws Exception {
    Tokens tokens = tokens();
    Path fifo = folder.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    Path link = folder.resolve("link");
    CompletableFuture<Void> swapping =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < 2_000; i++) {
                replace(file, link, i % 2 == 0 ? fifo : folder.resolve("good"));
              }
            });
    Files.writeString(folder.resolve("good"), FIRST);
    while (!swapping.isDone()) {
      tokens.find(FIRST);
      assertThat(tokens.trouble().orElse("")).doesNotContain("too long");
    }
    swapping.join();
    assertThat(tokens.find(FIRST)).isPresent();
  }

  private static void replace(Path name, Path spare, Path target) {
    try {
      Files.createSymbolicLink(spare, target);
      Files.move(spare, name, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void tokensOfTheConfigurationStayValidMeanwhile() throws IOException {
    Tokens tokens = new Tokens(List.of(OTHER), file);
    Files.delete(file);

    assertThat(tokens.find(OTHER)).isPresent();
    assertThat(tokens.find(FIRST)).isEmpty();
  }

  @Test
  void theSymbolicLinksOfKubernetesAreFollowed() throws IOException {
    Path first = Files.createDirectory(folder.resolve("..first"));
    Path second = Files.createDirectory(folder.resolve("..second"));
    Files.writeString(first.resolve("tokens"), FIRST);
    Files.writeString(second.resolve("tokens"), OTHER);
    Path data = Files.createSymbolicLink(folder.resolve("..data"), Path.of("..first"));
    Files.delete(file);
    Files.createSymbolicLink(file, Path.of("..data", "tokens"));
    allowEverybodyButSticky(folder); // as a secret's volume
    Tokens tokens = tokens();
    assertThat(tokens.find(FIRST)).isPresent();

    Path next = Files.createSymbolicLink(folder.resolve("..next"), Path.of("..second"));
    Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
    Files.delete(first.resolve("tokens"));

    assertThat(tokens.find(FIRST)).isEmpty();
    assertThat(tokens.find(OTHER)).isPresent();
  }

  private static void allowEverybodyButSticky(Path path) throws IOException {
    Files.setAttribute(path, "unix:mode", 01777);
  }

  @Test
  void aFileThatEverybodyMayWriteToIsRefused() throws IOException {
    Tokens before = tokens();
    allow(file, "rw-----w-");

    assertStartFails("everybody may write to " + file);
    assertThat(before.find(FIRST)).isEmpty();
    assertThat(before.trouble()).get().asString().contains("everybody may write to " + file);
    allow(file, "rw-------");
    assertThat(before.find(FIRST)).isPresent();
  }

  @Test
  void aFolderThatEverybodyMayWriteToIsRefusedUnlessItIsSticky() throws IOException {
    allow(folder, "rwxrwxrwx");
    assertStartFails("everybody may write to the folder " + folder);

    allowEverybodyButSticky(folder);
    assertThat(tokens().find(FIRST)).isPresent();
  }

  @Test
  void aFolderOnTheWayThatEverybodyMayWriteToIsRefused() throws IOException {
    Path own = Files.createDirectories(folder.resolve("open/own"));
    Path there = Files.writeString(own.resolve("tokens"), FIRST);
    allow(folder.resolve("open"), "rwxrwxrwx");
    file = there;
    assertStartFails("everybody may write to the folder " + folder.resolve("open"));

    file = Files.createSymbolicLink(folder.resolve("link"), Path.of("open/../open/own/tokens"));
    assertStartFails("everybody may write to the folder " + folder.resolve("open"));
    file = Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
    assertStartFails("symbolic links");
  }

  @Test
  void aFileOfSomebodyElseInAFolderForEverybodyIsRefused() throws IOException {
    assumeThat(giveAway(file)).as("a user who may give files away").isTrue();
    allowEverybodyButSticky(folder);
    assertStartFails("anybody may have made " + file);
  }

  private static boolean giveAway(Path path) {
    try {
      Files.setAttribute(path, "unix:uid", 65_534);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void whoElseMayWriteIsAWarning(CapturedOutput output) throws IOException {
    allow(file, "rw-rw----");
    Tokens tokens = tokens();

    assertThat(tokens.find(FIRST)).isPresent();
    assertThat(tokens.find(FIRST)).isPresent();
    assertThat(output)
        .containsOnlyOnce("Others may change " + file)
        .contains("the group of " + file + " (");
    Files.writeString(file, OTHER);
    assertThat(tokens.find(OTHER)).isPresent();
    assertThat(output.toString().split("Others may change", -1)).hasSize(3);
  }
}
