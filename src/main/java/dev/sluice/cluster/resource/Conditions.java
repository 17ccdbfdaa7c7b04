package dev.sluice.cluster.resource;

import dev.sluice.cluster.resource.StreamExportStatus.Condition;
import dev.sluice.stream.StreamState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Builds the conditions of an export's status. All types are written together, so a condition that
 * is not met yet is {@code False}, and not missing.
 */
public final class Conditions {

  public static final String ACCEPTED = "Accepted";
  public static final String READY = "Ready";
  public static final String COMPLETE = "Complete";
  public static final String FAILED = "Failed";

  /** The reason of {@link #ACCEPTED} if the spec was refused. */
  public static final String REFUSED = "Refused";

  /** Characters. Kubernetes permits 32 KiB, which nobody reads. */
  private static final int MAX_MESSAGE = 1024;

  private final List<Condition> before;
  private final String now;
  private final @Nullable Long generation;
  private final List<Condition> after = new ArrayList<>();

  /**
   * Creates a builder without conditions.
   *
   * @param before the conditions of the last status; null if there are none
   * @param now the time for transitions, in the format of Kubernetes
   * @param generation the generation of the spec that the conditions are about
   */
  public Conditions(@Nullable List<Condition> before, String now, @Nullable Long generation) {
    this.before = before == null ? List.of() : before;
    this.now = now;
    this.generation = generation;
  }

  /**
   * Adds a condition. The time of its transition stays if its status is the same as before. The
   * generation is always the new one, because {@code kubectl wait} ignores conditions of older
   * ones.
   */
  public Conditions say(String type, boolean isTrue, String reason, @Nullable String message) {
    String status = isTrue ? "True" : "False";
    String since =
        before.stream()
            .filter(was -> was.type().equals(type) && was.status().equals(status))
            .map(Condition::lastTransitionTime)
            .findFirst()
            .orElse(now);
    after.add(new Condition(type, status, reason, cut(message), since, generation));
    return this;
  }

  /** Returns a state in CamelCase, as Kubernetes writes reasons. */
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
