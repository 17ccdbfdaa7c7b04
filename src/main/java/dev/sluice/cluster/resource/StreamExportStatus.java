package dev.sluice.cluster.resource;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sluice.stream.StreamState;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What has become of an export. Times are as Kubernetes has them.
 *
 * @param observedGeneration which version of the spec it is about
 * @param phase the state; null until a pod has made the export
 * @param position how many bytes have passed
 * @param size the declared size
 * @param uris where clients reach it
 * @param dataUrl where its peer gets or puts the data by HTTP
 * @param startTime when the first byte passed
 * @param completionTime when it ended, be it how it may
 * @param digest of all bytes, once it has ended
 * @param failure why it is interrupted, failed or cancelled
 * @param owner the pod that has it; null while none has
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
   * The pod that has an export.
   *
   * @param pod its name
   * @param podUID what Kubernetes knows it by
   * @param instance another one with each process, so that a container which was started again is
   *     not taken for the one before
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record Owner(String pod, @Nullable String podUID, String instance) {

    /** The name of the Lease by which it gives signs of life. */
    @JsonIgnore
    public String lease() {
      return pod + "." + instance;
    }
  }

  /** One of Kubernetes' conditions. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Condition(
      String type,
      String status,
      String reason,
      String message,
      String lastTransitionTime,
      @Nullable Long observedGeneration) {

    /** Whether it says the same, whenever it was said. */
    boolean saysTheSame(Condition other) {
      return type.equals(other.type)
          && status.equals(other.status)
          && reason.equals(other.reason)
          && message.equals(other.message);
    }
  }

  /** Whether nothing changes any more. */
  @JsonIgnore
  public boolean isFinal() {
    return phase != null && phase.ended();
  }

  /** Whether a pod has it, and clients can come. */
  @JsonIgnore
  public boolean isReady() {
    return owner != null
        && condition(Conditions.READY).filter(ready -> ready.status().equals("True")).isPresent();
  }

  /** What a pod has said that has refused it: the reason is a type of problem. */
  @JsonIgnore
  public Optional<Condition> refusal() {
    return condition(Conditions.ACCEPTED)
        .filter(accepted -> accepted.reason().equals(Conditions.REFUSED))
        .flatMap(_ -> condition(Conditions.READY));
  }

  private Optional<Condition> condition(String type) {
    return conditions == null
        ? Optional.empty()
        : conditions.stream().filter(one -> one.type().equals(type)).findFirst();
  }

  /** What has to happen before bytes move, as far as its conditions say that. */
  @JsonIgnore
  public @Nullable String waitingFor() {
    return message(Conditions.READY, "True");
  }

  /** What could not be found out of its stream. */
  @JsonIgnore
  public @Nullable String note() {
    String said = message(Conditions.COMPLETE, "True");
    return said == null ? message(Conditions.COMPLETE, "False") : said;
  }

  private @Nullable String message(String type, String isSo) {
    return condition(type)
        .filter(said -> said.status().equals(isSo))
        .map(Condition::message)
        .filter(message -> !message.isEmpty())
        .orElse(null);
  }

  /** One that says who has it now, and what was said before of its conditions. */
  public static StreamExportStatus ownedBy(Owner owner, StreamExportStatus before) {
    return new StreamExportStatus(
        null, null, null, null, null, null, null, null, null, null, owner, before.conditions());
  }

  /** Whether nobody would mind to hear of it a little later than of the other one. */
  public boolean differsOnlyInDetailFrom(StreamExportStatus other) {
    return phase == other.phase
        && Objects.equals(startTime, other.startTime)
        && Objects.equals(uris, other.uris)
        && Objects.equals(size, other.size)
        && Objects.equals(owner, other.owner);
  }
}
