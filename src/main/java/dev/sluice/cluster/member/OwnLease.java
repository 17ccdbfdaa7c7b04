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
 * The Lease of this process. Other pods may judge its exports when the Lease has not changed for
 * its whole duration. This process regards it as valid for two thirds of that, counted from when
 * the last successful renewal was sent, so it always knows first.
 */
public final class OwnLease {

  /** How often it is renewed, and the Leases of others are read, within its duration. */
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

  /**
   * Sets what a renewal runs first if the Lease was not valid any more, since nobody may have
   * checked meanwhile.
   */
  public void onLapse(Runnable action) {
    lapsed = action;
  }

  public Owner owner() {
    return owner;
  }

  /** Returns whether the owner is this process. */
  public boolean isOf(@Nullable Owner other) {
    return other != null
        && owner.pod().equals(other.pod())
        && owner.instance().equals(other.instance());
  }

  /** Returns whether no other pod can have judged this process's exports yet. */
  public boolean isValid() {
    return held && nanos.getAsLong() - sentAt < duration.toNanos() / 3 * 2;
  }

  /** Returns how many more exports this pod can take; 0 during a pause. */
  public int room() {
    boolean pauses = paused && nanos.getAsLong() - pausedAt < duration.toNanos();
    return pauses ? 0 : room.getAsInt();
  }

  /** Pauses claims for the duration of the Lease, after an export could not be made. */
  public void pause() {
    pausedAt = nanos.getAsLong();
    paused = true;
  }

  /**
   * Renews the Lease.
   *
   * @throws KubernetesClientException if that fails
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

  /** Deletes the Lease. Called when nothing is left to judge. */
  public synchronized void end() {
    held = false;
    client.resource(lease(null)).delete();
  }
}
