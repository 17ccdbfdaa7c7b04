package dev.sluice.export;

import dev.sluice.logging.LogQuota;
import dev.sluice.stream.bytes.ByteStream;
import java.time.Instant;

/**
 * What the REST API manages: a name under which clients reach one stream.
 *
 * @param id an {@link ExportId}, which tells nothing of the name
 * @param spec what was asked for; some of its settings may have changed since
 * @param createdAt when it was asked for
 * @param stream its bytes, its state and who is attached
 * @param refusals how much may be logged of requests that were refused
 */
public record Export(
    String id, ExportSpec spec, Instant createdAt, ByteStream stream, LogQuota refusals) {

  /** What clients ask for. */
  public String name() {
    return spec.name();
  }
}
