package dev.sluice.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.sluice.export.ExportSpec;
import dev.sluice.export.Ticket;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/**
 * An export as whoever made it sees it.
 *
 * @param data where its peer gets or puts the data; null if it uses a file
 */
record MadeExport(@JsonUnwrapped ExportView export, @Nullable Data data) {

  /**
   * The data of an export.
   *
   * @param url as whoever made the export reaches this service, with the ticket if there is one
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

    /** Without the ticket, since Spring logs what is sent. */
    @Override
    public String toString() {
      return url.getPath();
    }
  }
}
