package dev.sluice.access.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenTest {

  private static final String SECRET = "9f86d081884c7d659a2feaa0c55ad015";

  /** What {@code printf %s 9f86d081884c7d659a2feaa0c55ad015 | sha256sum} prints. */
  private static final String HASH =
      "67212462231402852f818d095bb0c2bf1f422ede8b9025878ff2a89fc383f6ef";

  @ParameterizedTest
  @ValueSource(strings = {SECRET, "operator:" + SECRET})
  void aTokenIsAnOperatorsUnlessItSaysOtherwise(String entry) {
    Token token = Token.parse(entry);

    assertThat(token.role()).isEqualTo(Role.OPERATOR);
    assertThat(token.hasSha256(Token.sha256(SECRET))).isTrue();
    assertThat(token.hasSha256(Token.sha256(SECRET + "="))).isFalse();
  }

  @Test
  void aRoleStandsBeforeTheToken() {
    assertThat(Token.parse("viewer:" + SECRET).role()).isEqualTo(Role.VIEWER);
    assertThat(Token.parse("viewer:" + SECRET).hasSha256(Token.sha256(SECRET))).isTrue();
  }

  @Test
  void aHashStandsForTheTokenThatHasIt() {
    Token token = Token.parse("viewer:sha256:" + HASH);

    assertThat(token.role()).isEqualTo(Role.VIEWER);
    assertThat(token.hasSha256(Token.sha256(SECRET))).isTrue();
    assertThat(token.hasSha256(Token.sha256(HASH))).as("the hash itself is no token").isFalse();
    assertThat(Token.parse("sha256:" + HASH.toUpperCase(Locale.ROOT)).role())
        .isEqualTo(Role.OPERATOR);
  }

  @Test
  void onlyAShortTextCanBeGuessed() {
    assertThat(Token.parse("fifteen-letters").isGuessable()).isTrue();
    assertThat(Token.parse("sixteen-letters-").isGuessable()).isFalse();
    assertThat(Token.parse("sha256:" + HASH).isGuessable()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "viewer:",
        "viewer",
        "operator:metrics",
        "admin:" + SECRET,
        "two words",
        "sha256:0123",
        "a:b:c",
        "tökén",
        "=a",
        "viewer:sha256:",
        "\"quoted\""
      })
  void anythingElseIsNoTokenAndIsNotRepeated(String entry) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Token.parse(entry))
        .withMessage(Token.EXPECTED);
  }

  @Test
  void whatIsLoggedOfATokenDoesNotGiveItAway() {
    assertThat(Token.parse(SECRET)).hasToString("operator " + HASH.substring(0, 8));
  }
}
