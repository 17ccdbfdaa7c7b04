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
 * What the REST API manages: a stream, and the name by which clients reach it.
 *
 * @param id an {@link ExportId}, which reveals nothing of the name
 * @param spec the request; some of its settings may have changed since
 * @param createdAt when it was requested
 * @param stream its bytes, its state and its clients
 * @param data the pipe of a peer that comes by HTTP; null if the export uses a file
 * @param kept its records on disk
 * @param refusals limits what is logged of requests and clients that were refused
 */
public record Export(
    String id,
    ExportSpec spec,
    Instant createdAt,
    ByteStream stream,
    @Nullable InnerPipe data,
    KeptExport kept,
    LogQuota refusals) {

  /** The error message while the state cannot be reported. */
  public static final String BEING_WRITTEN =
      "the export has ended, and how is being written to a disk that does not answer";

  /** Returns the name by which clients ask for it. */
  public String name() {
    return spec.name();
  }

  /**
   * Returns the stream's status; empty while the stream has ended, but its end is not on disk. Does
   * not wait.
   */
  public Optional<StreamStatus> statusNow() {
    StreamStatus now = known();
    return now.state().ended() && !kept.isSettled() ? Optional.empty() : Optional.of(now);
  }

  private StreamStatus known() {
    StreamStatus frozen = kept.frozen();
    return frozen == null ? stream.status() : frozen;
  }

  /**
   * Returns the stream's status. If the stream has ended, waits until its end is on disk.
   *
   * @throws ExportException when that takes longer than 20 s
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
   * @throws ExportException when its stream has ended, it is too late for another size, or the
   *     change cannot be written to the store
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
   * Stops new clients from attaching.
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
