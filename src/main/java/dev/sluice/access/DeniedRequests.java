package dev.sluice.access;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.springframework.stereotype.Component;

/** Counts REST requests that were refused before any controller. */
@Component
public final class DeniedRequests {

  /** The reason of a refusal. */
  public enum Reason {
    /** The request had no token. */
    NO_TOKEN,
    /** The token or the ticket was wrong. */
    WRONG_TOKEN,
    /**
     * The token could not be checked, because the OpenID provider or the file of tokens was not
     * available.
     */
    UNCHECKED_TOKEN,
    /** The caller lacked the role, or {@link ForeignPages} refused the request. */
    FORBIDDEN,
    /** The address had sent too many wrong tokens. */
    FAILED_LOGINS,
    /** Too many requests were being served. */
    REQUESTS,
    /** The address had too many HTTP connections. No request was read. */
    CONNECTIONS
  }

  private final Map<Reason, LongAdder> counts = new EnumMap<>(Reason.class);

  DeniedRequests() {
    for (Reason reason : Reason.values()) {
      counts.put(reason, new LongAdder());
    }
  }

  void add(Reason reason) {
    Objects.requireNonNull(counts.get(reason)).increment();
  }

  /** Returns the number of refusals since the start. */
  public long count(Reason reason) {
    return Objects.requireNonNull(counts.get(reason)).sum();
  }
}
