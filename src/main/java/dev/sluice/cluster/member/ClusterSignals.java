package dev.sluice.cluster.member;

import java.net.HttpURLConnection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How this process fares as a member of the cluster, for whoever watches it. The session counts,
 * and anybody may look. It knows no library of Kubernetes, so that none is loaded for it.
 */
public final class ClusterSignals {

  /** Why the API server did not do what it was asked for. */
  public enum Failure {
    /** It did not answer. */
    UNREACHABLE,
    /** It answered that it would not, or could not. */
    REFUSED,
    /** Somebody else was faster, which is no fault. */
    OUTDATED;

    /** That of an answer's status, which is none if it is not positive. */
    static Failure of(int status) {
      if (status <= 0) {
        return UNREACHABLE;
      }
      return switch (status) {
        case HttpURLConnection.HTTP_CONFLICT, HttpURLConnection.HTTP_NOT_FOUND -> OUTDATED;
        default -> REFUSED;
      };
    }
  }

  /** What this pod, as the janitor, has made of an export whose owner was lost. */
  public enum Judgement {
    PLACED_ANEW,
    FAILED
  }

  /** What a session knows at any time. */
  public record View(
      BooleanSupplier isLeaseValid, IntSupplier members, IntSupplier exportsWithoutOwner) {}

  private final Map<Failure, LongAdder> failures = counters(Failure.class);
  private final Map<Judgement, LongAdder> judgements = counters(Judgement.class);
  private final LongAdder withdrawn = new LongAdder();

  /** The session's thread sets and clears it. */
  private volatile @Nullable View view;

  /** The timer that renews the Lease sets and clears it. */
  private volatile @Nullable String trouble;

  private static <E extends Enum<E>> Map<E, LongAdder> counters(Class<E> type) {
    Map<E, LongAdder> counters = new EnumMap<>(type);
    for (E constant : type.getEnumConstants()) {
      counters.put(constant, new LongAdder());
    }
    return counters;
  }

  private static <E extends Enum<E>> LongAdder counter(Map<E, LongAdder> counters, E constant) {
    LongAdder counter = counters.get(constant);
    if (counter == null) {
      throw new IllegalArgumentException("no counter of " + constant);
    }
    return counter;
  }

  /** This is looked at from now on; null once the session has ended. */
  public void show(@Nullable View session) {
    view = session;
  }

  /** A request to the API server has failed with a status, which is positive if it answered. */
  public void failed(int status) {
    counter(failures, Failure.of(status)).increment();
  }

  public void judged(Judgement judgement) {
    counter(judgements, judgement).increment();
  }

  public void withdrew(int exports) {
    withdrawn.add(exports);
  }

  /** Why this process cannot take part now; null if it can. */
  public void isTroubledBy(@Nullable String why) {
    trouble = why;
  }

  /** Whether nobody else can have judged this process's exports yet. */
  public boolean isLeaseValid() {
    View now = view;
    return now != null && now.isLeaseValid().getAsBoolean();
  }

  /** How many processes gave a sign of life when their Leases were last read; 0 if nobody knows. */
  public int members() {
    View now = view;
    return now == null ? 0 : now.members().getAsInt();
  }

  /** How many exports no process has that have not ended; 0 while the Lease is not valid. */
  public int exportsWithoutOwner() {
    View now = view;
    return now == null || !now.isLeaseValid().getAsBoolean()
        ? 0
        : now.exportsWithoutOwner().getAsInt();
  }

  public long failures(Failure failure) {
    return counter(failures, failure).sum();
  }

  public long judgements(Judgement judgement) {
    return counter(judgements, judgement).sum();
  }

  /** How many exports were ended here because others may have taken them. */
  public long withdrawn() {
    return withdrawn.sum();
  }

  /** Why this process cannot take part now, as far as that is known. */
  public Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }
}
