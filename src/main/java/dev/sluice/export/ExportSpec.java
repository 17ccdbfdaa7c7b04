package dev.sluice.export;

import dev.sluice.client.AllowedClients;
import dev.sluice.posix.FilePath;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamSettings;
import org.jspecify.annotations.Nullable;

/**
 * What a client of the API asks for.
 *
 * @param name a valid name, see {@link ExportName}
 * @param path the endpoint, which need not exist yet; null if the peer comes by HTTP
 * @param listen whether the endpoint is to be a new Unix socket that the peer connects to
 * @param listed whether the export is in the list that NBD clients can ask for
 * @param clients the clients that may use it
 * @param direction the direction of the bytes
 * @param settings the limits and timeouts of its stream
 * @param labels labels to find it by
 * @param ticket the {@link Ticket#hash hash} of the ticket that gives access to its data; null if
 *     there is none
 */
public record ExportSpec(
    String name,
    @Nullable FilePath path,
    boolean listen,
    boolean listed,
    AllowedClients clients,
    Direction direction,
    StreamSettings settings,
    Labels labels,
    @Nullable String ticket) {

  /** Creates a spec without labels and without a ticket. */
  public ExportSpec(
      String name,
      @Nullable FilePath path,
      boolean listen,
      boolean listed,
      AllowedClients clients,
      Direction direction,
      StreamSettings settings) {
    this(name, path, listen, listed, clients, direction, settings, Labels.NONE, null);
  }

  /** Returns a copy with this ticket, or with none. */
  public ExportSpec with(@Nullable Ticket opening) {
    return withTicket(opening == null ? null : opening.hash());
  }

  /** Returns a copy with a ticket of this hash, or with none. */
  public ExportSpec withTicket(@Nullable String hash) {
    return new ExportSpec(name, path, listen, listed, clients, direction, settings, labels, hash);
  }

  /** Returns whether anybody who knows the name may use it. */
  public boolean isOpen() {
    return clients.keepsNobodyOut();
  }

  /** Returns whether the peer comes by HTTP, so that there is no file. */
  public boolean isOverHttp() {
    return path == null;
  }
}
