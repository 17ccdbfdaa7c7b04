package dev.sluice.access.token;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a caller may do by REST. Each role may do what the roles before it may. JWTs, and the
 * entries of tokens, use these words.
 */
public enum Role {
  /** May read the metrics. */
  METRICS,
  /** May see exports, health and metrics, and change nothing. */
  VIEWER,
  /** May do everything. */
  OPERATOR;

  /** Returns the role in lower case, such as {@code viewer}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the name of the role in Spring Security. */
  public String authority() {
    return "ROLE_" + word();
  }

  static Optional<Role> of(String word) {
    return Stream.of(values()).filter(role -> role.word().equals(word)).findFirst();
  }
}
