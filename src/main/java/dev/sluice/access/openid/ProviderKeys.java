package dev.sluice.access.openid;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.RemoteKeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The keys of an OpenID provider, as they were last fetched. Anybody who presents a token can cause
 * a fetch, so fetches are limited: there is one at a time, for which all wait; the number of those
 * who wait and their time are limited; and the outcome of a fetch holds for a while, be it a
 * failure or keys without the requested one. A token with a known key never waits. Thread-safe.
 */
final class ProviderKeys implements JWKSource<SecurityContext> {

  private final OpenIdProperties properties;
  private final Callable<JWKSet> fetch;
  private final LongSupplier clock;
  private final Semaphore permits;

  private volatile @Nullable JWKSet known;

  /** The last fetch, and when it began by the clock. Guarded by this. */
  private @Nullable FutureTask<JWKSet> last;

  private long begun;

  /**
   * Creates a source that has no keys yet.
   *
   * @param properties how long and how often the provider is asked
   * @param fetch asks the provider; it may be interrupted
   * @param clock nanoseconds, as {@link System#nanoTime}
   */
  ProviderKeys(OpenIdProperties properties, Callable<JWKSet> fetch, LongSupplier clock) {
    this.properties = properties;
    this.permits = new Semaphore(properties.maxWaiting());
    this.fetch = fetch;
    this.clock = clock;
  }

  @Override
  public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context)
      throws KeySourceException {
    JWKSet now = known;
    List<JWK> found = now == null ? List.of() : selector.select(now);
    if (found.isEmpty()) {
      return selector.select(await(fetchOnceIn(properties.fetchInterval())));
    }
    fetchOnceIn(properties.refreshInterval());
    return found;
  }

  /** Returns the last fetch, or starts a new one if that began at least this long ago. */
  private synchronized FutureTask<JWKSet> fetchOnceIn(Duration time) {
    FutureTask<JWKSet> task = last;
    long now = clock.getAsLong();
    if (task == null || now - begun >= time.toNanos()) {
      if (task != null) {
        task.cancel(true);
      }
      task = new FutureTask<>(this::fetched);
      last = task;
      begun = now;
      Thread.ofPlatform().daemon().name("openid-keys").start(task);
    }
    return task;
  }

  private JWKSet fetched() throws Exception {
    JWKSet keys = fetch.call();
    known = keys;
    return keys;
  }

  private JWKSet await(FutureTask<JWKSet> task) throws KeySourceException {
    boolean waits = !task.isDone();
    if (waits && !permits.tryAcquire()) {
      throw unavailable(
          new IOException(
              "sluice.security.openid.max-waiting, %d, permits no more to wait for it"
                  .formatted(properties.maxWaiting())));
    }
    try {
      return task.get(properties.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw unavailable(e.getCause());
    } catch (TimeoutException | CancellationException e) {
      throw unavailable(new IOException("it does not answer in time"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable(e);
    } finally {
      if (waits) {
        permits.release();
      }
    }
  }

  private static KeySourceException unavailable(@Nullable Throwable cause) {
    return new RemoteKeySourceException(
        "The keys of the OpenID provider are not there: " + cause, cause);
  }
}
