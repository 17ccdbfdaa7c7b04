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
 * Counters and the state of this process as a member of the cluster, for metrics and health. The
 * session writes, and any thread may read. It uses no Kubernetes library, so that it loads none.
 */
public final class ClusterSignals {

  /** Why a request to the API server has failed. */
  public enum Failure {
    /** There was no response. */
    UNREACHABLE,
    /** Any other response with an error. */
    REFUSED,
    /** Another writer was faster (404 or 409), which is no fault. */
    OUTDATED;

    /** Returns the failure for the status of a response; not positive means no response. */
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

  /** What the janitor has decided about an export whose owner was lost. */
  public enum Judgement {
    PLACED_ANEW,
    FAILED
  }

  /** What a session can be asked at any time. */
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

  /** Sets the session to read from; null when it has ended. */
  public void show(@Nullable View session) {
    view = session;
  }

  /** Counts a failed request by the status of its response; not positive means no response. */
  public void failed(int status) {
    counter(failures, Failure.of(status)).increment();
  }

  public void judged(Judgement judgement) {
    counter(judgements, judgement).increment();
  }

  public void withdrew(int exports) {
    withdrawn.add(exports);
  }

  /** Sets what keeps this process from being a member; null if nothing does. */
  public void isTroubledBy(@Nullable String why) {
    trouble = why;
  }

  /** Returns whether this process's Lease is valid: no other pod can have judged its exports. */
  public boolean isLeaseValid() {
    View now = view;
    return now != null && now.isLeaseValid().getAsBoolean();
  }

  /** Returns how many members were live when their Leases were last read; 0 without a session. */
  public int members() {
    View now = view;
    return now == null ? 0 : now.members().getAsInt();
  }

  /** Returns how many exports have no owner and have not ended; 0 while the Lease is not valid. */
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

  /** Returns how many exports this process gave up because its Lease was no longer valid. */
  public long withdrawn() {
    return withdrawn.sum();
  }

  /** Returns what keeps this process from being a member, if that is known. */
  public Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }
}
