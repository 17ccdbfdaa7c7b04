package dev.sluice.access;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.springframework.stereotype.Component;

/** How often REST requests were refused before anything looked at what they ask for. */
@Component
public final class DeniedRequests {

  /** Why. */
  public enum Reason {
    /** There was no token. */
    NO_TOKEN,
    /** The token was wrong. */
    WRONG_TOKEN,
    /** The OpenID provider, who would know the token, could not be asked. */
    UNCHECKED_TOKEN,
    /** Its holder may not do that. */
    FORBIDDEN,
    /** Too many wrong tokens had come from the address. */
    FAILED_LOGINS,
    /** As many requests were being answered as may be. */
    REQUESTS,
    /** As many HTTP connections of the address were there as may be; no request was read. */
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

  /** How often, since the start. */
  public long count(Reason reason) {
    return Objects.requireNonNull(counts.get(reason)).sum();
  }
}
