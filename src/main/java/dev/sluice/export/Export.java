package dev.sluice.export;

import dev.sluice.endpoint.InnerPipe;
import dev.sluice.export.record.KeptExport;
import dev.sluice.journal.JournalException;
import dev.sluice.logging.LogQuota;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamStatus;
import dev.sluice.stream.bytes.ByteStream;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the REST API manages: a name under which clients reach one stream.
 *
 * @param id an {@link ExportId}, which tells nothing of the name
 * @param spec what was asked for; some of its settings may have changed since
 * @param createdAt when it was asked for
 * @param stream its bytes, its state and who is attached
 * @param data where a peer gets or puts the bytes by HTTP; null if it uses a file
 * @param kept what is on disk of it
 * @param refusals how much may be logged of requests and clients that were refused
 */
public record Export(
    String id,
    ExportSpec spec,
    Instant createdAt,
    ByteStream stream,
    @Nullable InnerPipe data,
    KeptExport kept,
    LogQuota refusals) {

  /** Why its state cannot be told now. */
  public static final String BEING_WRITTEN =
      "the export has ended, and how is being written to a disk that does not answer";

  /** What clients ask for. */
  public String name() {
    return spec.name();
  }

  /** Its stream as others may be told of it now; empty while its end is not on disk. */
  public Optional<StreamStatus> statusNow() {
    StreamStatus now = known();
    return now.state().ended() && !kept.isSettled() ? Optional.empty() : Optional.of(now);
  }

  private StreamStatus known() {
    StreamStatus frozen = kept.frozen();
    return frozen == null ? stream.status() : frozen;
  }

  /**
   * Its stream as others may be told of it: an end only once that is on disk.
   *
   * @throws ExportException when that takes too long
   */
  public StreamStatus status() {
    StreamStatus now = known();
    if (now.state().ended() && !kept.awaitSettled()) {
      throw ExportException.because(
          ExportException.Reason.UNAVAILABLE, BEING_WRITTEN + "; try again");
    }
    return now;
  }

  /**
   * Changes the settings of its stream.
   *
   * @throws ExportException when its stream has ended, or it is too late for another size
   */
  public void change(UnaryOperator<StreamSettings> change) {
    StreamSettings before = stream.settings();
    if (stream.change(change)) {
      try {
        kept.change(stream.settings());
      } catch (JournalException e) {
        stream.change(now -> now.withSize(before.size()).withRateLimit(before.rateLimit()));
        throw ExportException.because(e);
      }
      return;
    }
    if (stream.status().state().ended()) {
      throw ExportException.wrongState("name", name(), "the export has ended");
    }
    OptionalLong size = change.apply(stream.settings()).size();
    throw ExportException.wrongState(
        "size",
        size.isPresent() ? size.getAsLong() : null,
        "a client has seen it, so it cannot change any more");
  }

  /**
   * Lets no client attach any more.
   *
   * @throws ExportException while a client is attached
   */
  void retire() {
    if (!stream.retire()) {
      throw ExportException.wrongState(
          "name",
          name(),
          "%d client(s) attached; wait until none is, or end the stream at once with ?force=true"
              .formatted(stream.status().clients()));
    }
  }
}
