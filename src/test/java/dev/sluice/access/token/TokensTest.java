package dev.sluice.access.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.configuration.UnusableConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensTest {

  private static final String FIRST = "first-token-of-all";
  private static final String SECOND = "second-token-of-all";

  @TempDir private Path folder;

  private static Tokens tokens(List<String> tokens, @Nullable Path file) {
    return new Tokens(tokens, file);
  }

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("tokens"), content);
  }

  @Test
  void noneIsConfiguredAndNoneIsValid() {
    Tokens none = tokens(List.of(), null);

    assertThat(none.areConfigured()).isFalse();
    assertThat(none.find(FIRST)).isEmpty();
  }

  @Test
  void thoseOfTheConfigurationAndOfTheFileAreValid() throws IOException {
    Tokens both =
        tokens(List.of(FIRST), file("# of the file\n\nviewer:" + SECOND + ", x-third-token\n"));

    assertThat(both.areConfigured()).isTrue();
    assertThat(both.find(FIRST)).map(Token::role).contains(Role.OPERATOR);
    assertThat(both.find(SECOND)).map(Token::role).contains(Role.VIEWER);
    assertThat(both.find("x-third-token")).isPresent();
    assertThat(both.find("# of the file")).isEmpty();
    assertThat(both.find("")).isEmpty();
  }

  @Test
  void aFileWithoutTokensLetsNobodyIn() throws IOException {
    assertThat(tokens(List.of(), file("# soon\n")).areConfigured()).isTrue();
  }

  @Test
  void whatIsNoTokenIsNamedByItsPlaceAndNotRepeated() throws IOException {
    assertThatExceptionOfType(UnusableConfigurationException.class)
        .isThrownBy(() -> tokens(List.of(FIRST, "my secret"), null))
        .withMessageContaining("Number 2 of sluice.security.tokens is no token")
        .withMessageNotContaining("my secret");
    Path file = file(FIRST + "\nmy secret");
    assertThatExceptionOfType(UnusableConfigurationException.class)
        .isThrownBy(() -> tokens(List.of(), file))
        .withMessageContaining("Number 2 of " + file)
        .withMessageNotContaining("my secret");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertThatExceptionOfType(UnusableConfigurationException.class)
        .isThrownBy(() -> tokens(List.of(), folder.resolve("missing")))
        .withMessageContaining("sluice.security.tokens-file")
        .withMessageContaining("missing");
  }

  @Test
  void thereIsALimit() throws IOException {
    List<String> most = Collections.nCopies(TokenEntries.MAX_TOKENS, FIRST);
    assertThat(tokens(most, null).find(FIRST)).isPresent();

    assertThatExceptionOfType(UnusableConfigurationException.class)
        .isThrownBy(() -> tokens(Collections.nCopies(TokenEntries.MAX_TOKENS + 1, FIRST), null))
        .withMessageContaining("1001 tokens (expected: <= 1000)");
    Path large = file("#".repeat(TokensFile.MAX_BYTES + 1));
    assertThatExceptionOfType(UnusableConfigurationException.class)
        .isThrownBy(() -> tokens(List.of(), large))
        .withMessageContaining("more than 262144 bytes");
  }
}
