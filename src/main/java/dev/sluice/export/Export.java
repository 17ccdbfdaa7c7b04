package dev.sluice.export;

import dev.sluice.endpoint.InnerPipe;
import dev.sluice.logging.LogQuota;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.bytes.ByteStream;
import java.time.Instant;
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
 * @param refusals how much may be logged of requests and clients that were refused
 */
public record Export(
    String id,
    ExportSpec spec,
    Instant createdAt,
    ByteStream stream,
    @Nullable InnerPipe data,
    LogQuota refusals) {

  /** What clients ask for. */
  public String name() {
    return spec.name();
  }

  /**
   * Changes the settings of its stream.
   *
   * @throws ExportException when its stream has ended, or it is too late for another size
   */
  public void change(UnaryOperator<StreamSettings> change) {
    if (stream.change(change)) {
      return;
    }
    if (stream.status().state().ended()) {
      throw ExportException.conflict("name", name(), "the export has ended");
    }
    OptionalLong size = change.apply(stream.settings()).size();
    throw ExportException.conflict(
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
      throw ExportException.conflict(
          "name",
          name(),
          "%d client(s) attached; wait until none is, or end the stream at once with ?force=true"
              .formatted(stream.status().clients()));
    }
  }
}
