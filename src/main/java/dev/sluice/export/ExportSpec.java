package dev.sluice.export;

import dev.sluice.client.AllowedClients;
import dev.sluice.posix.FilePath;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamSettings;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants an export to be.
 *
 * @param name a valid name, see {@link ExportName}
 * @param path where the endpoint is or shall be; null if the peer comes by HTTP
 * @param listen whether the endpoint is to be a new Unix socket that the peer connects to
 * @param listed whether clients that ask for a list of exports are told of it
 * @param clients who may use it
 * @param direction which way the bytes go
 * @param settings what its stream may use
 * @param labels what it is to be found by
 * @param ticket the {@link Ticket#hash hash} of what opens its data; null if nothing does
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

  /** One without labels and without a ticket. */
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

  /** The same with this ticket, or with none. */
  public ExportSpec with(@Nullable Ticket opening) {
    return withTicket(opening == null ? null : opening.hash());
  }

  /** The same with a ticket of this hash, or with none. */
  public ExportSpec withTicket(@Nullable String hash) {
    return new ExportSpec(name, path, listen, listed, clients, direction, settings, labels, hash);
  }

  /** Whether its name is all it takes to use it. */
  public boolean isOpen() {
    return clients.keepsNobodyOut();
  }

  /** Whether the peer comes by HTTP, and there is no file. */
  public boolean isOverHttp() {
    return path == null;
  }
}
