package dev.sluice.cluster;

import dev.sluice.cluster.StreamExportStatus.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of an export. They are all there from the start, so that whoever waits for one
 * sees that it is not so yet.
 */
final class Conditions {

  static final String ACCEPTED = "Accepted";
  static final String READY = "Ready";
  static final String COMPLETE = "Complete";
  static final String FAILED = "Failed";

  /** Kubernetes permits 32 KiB; nobody reads so much. */
  private static final int MAX_MESSAGE = 1024;

  private final List<Condition> before;
  private final String now;
  private final @Nullable Long generation;
  private final List<Condition> after = new ArrayList<>();

  Conditions(@Nullable List<Condition> before, String now, @Nullable Long generation) {
    this.before = before == null ? List.of() : before;
    this.now = now;
    this.generation = generation;
  }

  /** Says whether something is so; where that was so before, it is so since then. */
  Conditions say(String type, boolean isSo, String reason, @Nullable String message) {
    Condition condition =
        new Condition(type, isSo ? "True" : "False", reason, cut(message), now, generation);
    Optional<Condition> old = before.stream().filter(is -> is.type().equals(type)).findFirst();
    after.add(
        old.map(
                was ->
                    was.saysTheSame(condition)
                        ? was
                        : new Condition(
                            type,
                            condition.status(),
                            reason,
                            condition.message(),
                            was.status().equals(condition.status())
                                ? was.lastTransitionTime()
                                : now,
                            generation))
            .orElse(condition));
    return this;
  }

  private static String cut(@Nullable String message) {
    String text = message == null ? "" : message;
    return text.length() <= MAX_MESSAGE ? text : text.substring(0, MAX_MESSAGE);
  }

  List<Condition> all() {
    return List.copyOf(after);
  }
}
