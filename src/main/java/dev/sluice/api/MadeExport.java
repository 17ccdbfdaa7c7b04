package dev.sluice.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.sluice.export.ExportSpec;
import dev.sluice.export.Ticket;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/**
 * The view of an export for the client that created it.
 *
 * @param data where its peer gets or puts the data; null if the peer uses a file
 */
record MadeExport(@JsonUnwrapped ExportView export, @Nullable Data data) {

  /**
   * Access to the data of an export.
   *
   * @param url as the client that created the export reaches this service, with the ticket if there
   *     is one
   */
  record Data(URI url) {

    static @Nullable Data of(ExportSpec spec, @Nullable Ticket ticket, HttpServletRequest request) {
      if (!spec.isOverHttp()) {
        return null;
      }
      return new Data(
          ServletUriComponentsBuilder.fromRequest(request)
              .replacePath(Links.to("/exports/" + spec.name() + "/data", request))
              .replaceQuery(ticket == null ? null : "ticket=" + ticket.secret())
              .build()
              .toUri());
    }

    /** Leaves out the ticket, since Spring logs response bodies. */
    @Override
    public String toString() {
      return url.getPath();
    }
  }
}
