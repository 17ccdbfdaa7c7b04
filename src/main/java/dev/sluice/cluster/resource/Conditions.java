package dev.sluice.cluster.resource;

import dev.sluice.cluster.resource.StreamExportStatus.Condition;
import dev.sluice.stream.StreamState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of an export. They are all there from the start, so that whoever waits for one
 * sees that it is not so yet.
 */
public final class Conditions {

  public static final String ACCEPTED = "Accepted";
  public static final String READY = "Ready";
  public static final String COMPLETE = "Complete";
  public static final String FAILED = "Failed";

  /** The reason of what no pod can make. */
  public static final String REFUSED = "Refused";

  /** Kubernetes permits 32 KiB; nobody reads so much. */
  private static final int MAX_MESSAGE = 1024;

  private final List<Condition> before;
  private final String now;
  private final @Nullable Long generation;
  private final List<Condition> after = new ArrayList<>();

  public Conditions(@Nullable List<Condition> before, String now, @Nullable Long generation) {
    this.before = before == null ? List.of() : before;
    this.now = now;
    this.generation = generation;
  }

  /** Says whether something is so; where that was so before, it is so since then. */
  public Conditions say(String type, boolean isSo, String reason, @Nullable String message) {
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

  /** A state as Kubernetes writes reasons. */
  public static String reason(StreamState state) {
    return state.name().charAt(0) + state.name().substring(1).toLowerCase(Locale.ROOT);
  }

  private static String cut(@Nullable String message) {
    String text = message == null ? "" : message;
    return text.length() <= MAX_MESSAGE ? text : text.substring(0, MAX_MESSAGE);
  }

  public List<Condition> all() {
    return List.copyOf(after);
  }
}
