package dev.sluice.cluster.member;

import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * This process's sign of life. Whoever else sees none for the whole duration may judge its exports.
 * It calls itself over after two thirds of that, counted from when the last request that succeeded
 * was sent: so it always knows first.
 */
public final class OwnLease {

  /** So many times it is renewed, and those of others are read, within its duration. */
  public static final int SIGNS = 6;

  private final KubernetesClient client;
  private final Owner owner;
  private final URI api;
  private final Duration duration;
  private final IntSupplier room;
  private final Supplier<Map<String, String>> more;
  private final LongSupplier nanos;

  private volatile Runnable lapsed = () -> {};
  private @Nullable Lease last;
  private volatile long sentAt;
  private volatile long pausedAt;
  private volatile boolean paused;
  private volatile boolean held;

  public OwnLease(
      KubernetesClient client,
      Owner owner,
      URI api,
      Duration duration,
      IntSupplier room,
      Supplier<Map<String, String>> more,
      LongSupplier nanos) {
    this.client = client;
    this.owner = owner;
    this.api = api;
    this.duration = duration;
    this.room = room;
    this.more = more;
    this.nanos = nanos;
  }

  /** This is run before it is valid again after it was not: nobody need have looked meanwhile. */
  public void onLapse(Runnable action) {
    lapsed = action;
  }

  public Owner owner() {
    return owner;
  }

  /** Whether it is this process that an export belongs to. */
  public boolean isOf(@Nullable Owner other) {
    return other != null
        && owner.pod().equals(other.pod())
        && owner.instance().equals(other.instance());
  }

  /** Whether nobody else can have judged this process's exports yet. */
  public boolean isValid() {
    return held && nanos.getAsLong() - sentAt < duration.toNanos() / 3 * 2;
  }

  /** How many more exports this pod can take now. */
  public int room() {
    boolean pauses = paused && nanos.getAsLong() - pausedAt < duration.toNanos();
    return pauses ? 0 : room.getAsInt();
  }

  /** Takes nothing more for a while, since something that was taken could not be made. */
  public void pause() {
    pausedAt = nanos.getAsLong();
    paused = true;
  }

  /**
   * Gives a sign of life.
   *
   * @throws KubernetesClientException when the API server does not take it
   */
  public synchronized void renew() {
    long now = nanos.getAsLong();
    Lease before = last;
    try {
      last = before == null ? create() : client.resource(lease(before)).update();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND
          || e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        last = null; // somebody has deleted or changed it; the next one begins anew
      }
      throw e;
    }
    if (held && !isValid()) {
      lapsed.run();
    }
    sentAt = now;
    held = true;
  }

  private Lease create() {
    Lease mine = client.resource(lease(null)).get();
    return mine == null
        ? client.resource(lease(null)).create()
        : client.resource(lease(mine)).update();
  }

  private Lease lease(@Nullable Lease before) {
    return new LeaseBuilder()
        .withNewMetadata()
        .withName(owner.lease())
        .withNamespace(client.getNamespace())
        .withResourceVersion(before == null ? null : before.getMetadata().getResourceVersion())
        .withLabels(Map.of(Members.LABEL, "true"))
        .withAnnotations(notes())
        .endMetadata()
        .withNewSpec()
        .withHolderIdentity(owner.lease())
        .withLeaseDurationSeconds((int) Math.max(1, duration.toSeconds()))
        .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC))
        .endSpec()
        .build();
  }

  private Map<String, String> notes() {
    Map<String, String> notes = new HashMap<>(more.get());
    notes.put(Members.POD, owner.pod());
    notes.put(Members.API, api.toString());
    notes.put(Members.MILLIS, Long.toString(duration.toMillis()));
    notes.put(Members.ROOM, Integer.toString(room()));
    return notes;
  }

  /** Ends it, once nothing is left that somebody could judge. */
  public synchronized void end() {
    held = false;
    client.resource(lease(null)).delete();
  }
}
