package dev.sluice.cluster.resource;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sluice.stream.StreamState;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The status of a resource. Times have the format of Kubernetes.
 *
 * @param observedGeneration the generation of the spec that it is about
 * @param phase the state; null until the owner has made the export
 * @param position the position in bytes
 * @param size the declared size in bytes
 * @param uris the URIs for clients; null unless the export is open
 * @param dataUrl the URL for a peer that comes by HTTP; null for others, and unless the export is
 *     open
 * @param startTime when the first byte passed
 * @param completionTime when it ended, in whatever state
 * @param digest the digest of all bytes, once it has ended
 * @param failure why it is interrupted, failed or cancelled
 * @param owner the owner; null while there is none
 * @param conditions at most one of each type
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StreamExportStatus(
    @Nullable Long observedGeneration,
    @Nullable StreamState phase,
    @Nullable Long position,
    @Nullable Long size,
    @Nullable List<String> uris,
    @Nullable String dataUrl,
    @Nullable String startTime,
    @Nullable String completionTime,
    @Nullable String digest,
    @Nullable String failure,
    @Nullable Owner owner,
    @Nullable List<Condition> conditions) {

  static final StreamExportStatus NONE =
      new StreamExportStatus(
          null, null, null, null, null, null, null, null, null, null, null, null);

  /**
   * A process that owns an export.
   *
   * @param pod the name of its pod
   * @param podUID the UID of its pod; null if it is not configured
   * @param instance random and new in each process, so that a restarted container is not taken for
   *     the process before it
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record Owner(String pod, @Nullable String podUID, String instance) {
    private static final int INSTANCE_BYTES = 8;

    /**
     * Creates the identity of this process, which is new with each call.
     *
     * @param podUID empty if it is not known
     */
    public static Owner ofThisProcess(String pod, String podUID) {
      byte[] instance = new byte[INSTANCE_BYTES];
      new SecureRandom().nextBytes(instance);
      return new Owner(pod, podUID.isEmpty() ? null : podUID, HexFormat.of().formatHex(instance));
    }

    /** Returns the name of its Lease. */
    @JsonIgnore
    public String lease() {
      return pod + "." + instance;
    }
  }

  /** A condition, with the fields that Kubernetes defines. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Condition(
      String type,
      String status,
      String reason,
      String message,
      String lastTransitionTime,
      @Nullable Long observedGeneration) {

    /** Returns it as one about this generation of the spec. */
    private Condition about(@Nullable Long generation) {
      return new Condition(type, status, reason, message, lastTransitionTime, generation);
    }
  }

  /** Returns whether the export has ended. A final status is never overwritten. */
  @JsonIgnore
  public boolean isFinal() {
    return phase != null && phase.ended();
  }

  /** Returns whether it has an owner, and clients can connect. */
  @JsonIgnore
  public boolean isReady() {
    return owner != null
        && condition(Conditions.READY).filter(ready -> ready.status().equals("True")).isPresent();
  }

  /**
   * Returns why a pod has refused the spec: the reason is a problem type of the REST API. Empty if
   * it was not refused.
   */
  @JsonIgnore
  public Optional<Condition> refusal() {
    return condition(Conditions.ACCEPTED)
        .filter(accepted -> accepted.reason().equals(Conditions.REFUSED))
        .flatMap(_ -> condition(Conditions.READY));
  }

  /** Returns the same as a status about this generation of the spec. */
  public StreamExportStatus about(@Nullable Long generation) {
    return new StreamExportStatus(
        generation,
        phase,
        position,
        size,
        uris,
        dataUrl,
        startTime,
        completionTime,
        digest,
        failure,
        owner,
        conditions == null ? null : conditions.stream().map(is -> is.about(generation)).toList());
  }

  private Optional<Condition> condition(String type) {
    return conditions == null
        ? Optional.empty()
        : conditions.stream().filter(one -> one.type().equals(type)).findFirst();
  }

  /** Returns what the export waits for; null if that is not known. */
  @JsonIgnore
  public @Nullable String waitingFor() {
    return message(Conditions.READY, "True");
  }

  /** Returns the note of its stream; null if there is none. */
  @JsonIgnore
  public @Nullable String note() {
    String note = message(Conditions.COMPLETE, "True");
    return note == null ? message(Conditions.COMPLETE, "False") : note;
  }

  private @Nullable String message(String type, String status) {
    return condition(type)
        .filter(one -> one.status().equals(status))
        .map(Condition::message)
        .filter(message -> !message.isEmpty())
        .orElse(null);
  }

  /** Returns a status with this owner and the conditions of the last one, and nothing else. */
  public static StreamExportStatus ownedBy(Owner owner, StreamExportStatus before) {
    return new StreamExportStatus(
        null, null, null, null, null, null, null, null, null, null, owner, before.conditions());
  }

  /** Returns whether it differs from the other in nothing that has to be written soon. */
  public boolean differsOnlyInDetailFrom(StreamExportStatus other) {
    return phase == other.phase
        && Objects.equals(startTime, other.startTime)
        && Objects.equals(uris, other.uris)
        && Objects.equals(size, other.size)
        && Objects.equals(owner, other.owner);
  }
}
