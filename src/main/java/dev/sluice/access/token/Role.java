package dev.sluice.access.token;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What somebody may do by REST; each role may do what those before it may. A JWT names roles by
 * these words, and so does a token's entry.
 */
public enum Role {
  /** May read the metrics. */
  METRICS,
  /** May look at exports, health and metrics, and change nothing. */
  VIEWER,
  /** May do everything. */
  OPERATOR;

  /** For example {@code viewer}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Spring Security's name of it. */
  public String authority() {
    return "ROLE_" + word();
  }

  static Optional<Role> of(String word) {
    return Stream.of(values()).filter(role -> role.word().equals(word)).findFirst();
  }
}
