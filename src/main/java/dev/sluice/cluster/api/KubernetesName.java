package dev.sluice.cluster.api;

import java.util.Optional;
import java.util.regex.Pattern;

/** The rule of Kubernetes for names of resources (a DNS subdomain, RFC 1123). */
final class KubernetesName {

  private static final String WORD = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  private static final Pattern RULE =
      Pattern.compile("(?=.{1,253}$)" + WORD + "(\\." + WORD + ")*");

  private KubernetesName() {}

  /** Returns what is wrong with a name; empty if it is valid. */
  static Optional<String> complaint(String name) {
    return RULE.matcher(name).matches()
        ? Optional.empty()
        : Optional.of(
            "expected the characters a-z, 0-9, '-' and '.', with a letter or digit at both ends and beside each '.', since the name is one of Kubernetes, too");
  }
}
