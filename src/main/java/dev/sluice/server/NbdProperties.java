package dev.sluice.server;

import static dev.sluice.configuration.TextForm.FILE_MODE;
import static dev.sluice.configuration.TextForm.HOST;
import static dev.sluice.configuration.TextForm.PATH;
import static java.time.temporal.ChronoUnit.SECONDS;

import dev.sluice.configuration.Within;
import dev.sluice.configuration.WrittenAs;
import dev.sluice.posix.FilePath;
import dev.sluice.posix.FilePermissions;
import dev.sluice.server.handshake.HandshakeRules;
import dev.sluice.server.transport.TlsProperties;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import org.hibernate.validator.constraints.Range;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Where and how the NBD listener works.
 *
 * @param address the address to listen on
 * @param port the port to listen on; 0 takes any free one, -1 none: no TCP
 * @param unixSocket a Unix socket to listen on as well
 * @param unixSocketMode its permissions, in octal, such as "0600"
 * @param unixSocketGroup the number of its group; what Linux gives it if not set
 * @param advertisedHost the host in the URIs given out; the listen address if not set, or an
 *     address of this machine if that is a wildcard
 * @param advertisedPort the port in the URIs given out; the listen port if not set
 * @param tls whether and how connections are encrypted
 * @param handshakeTimeout how long a client may take to choose an export
 * @param keepAlive how long a TCP connection may be silent before its far end has to give a sign of
 *     life, and how long that may take; 0 leaves it to Linux
 * @param maxConnections connections at a time, in the handshake and after it
 * @param maxConnectionsPerAddress how many of them one client's address may have, or one IPv6
 *     network of 64 bits
 * @param maxConnectionsPerExport clients of one export at a time
 * @param maxOptions options that a client may send in its handshake; each export of a list counts.
 *     No client needs 16 for one export
 * @param maxOptionsPerSecond options of a client beyond its first 64 that are answered in a second
 * @param maxOptionLength the longest data of an option: room for the longest name and a query as
 *     long, and no more than each connection in the handshake may hold
 */
@Validated
@ConfigurationProperties("sluice.nbd")
public record NbdProperties(
    @DefaultValue("127.0.0.1") @NotBlank(message = "must be an address to listen on")
        String address,
    @DefaultValue("10809") @Range(min = -1, max = 65_535) int port,
    @WrittenAs(PATH) @Nullable String unixSocket,
    @DefaultValue("0600") @WrittenAs(FILE_MODE) String unixSocketMode,
    @Min(value = 0, message = "{group}") @Nullable Integer unixSocketGroup,
    @WrittenAs(HOST) @Nullable String advertisedHost,
    @Range(min = 1, max = 65_535) @Nullable Integer advertisedPort,
    @DefaultValue @Valid TlsProperties tls,
    @DefaultValue("10s") @DurationUnit(SECONDS) @Within(from = "1ms", message = "{longer}")
        Duration handshakeTimeout,
    @DefaultValue("2m") @DurationUnit(SECONDS) @Within(message = "{longer}") Duration keepAlive,
    @DefaultValue("1024") @Min(1) int maxConnections,
    @DefaultValue("256") @Min(1) int maxConnectionsPerAddress,
    @DefaultValue("16") @Min(1) int maxConnectionsPerExport,
    @DefaultValue("8192") @Min(16) int maxOptions,
    @DefaultValue("500") @Min(1) int maxOptionsPerSecond,
    @DefaultValue("64KB") @Within(from = "8KB", to = "1MB") DataSize maxOptionLength) {

  /** What is blank is not set. */
  public NbdProperties {
    unixSocket = StringUtils.hasText(unixSocket) ? unixSocket : null;
    advertisedHost = StringUtils.hasText(advertisedHost) ? advertisedHost : null;
  }

  /** What each handshake has to keep to. */
  public HandshakeRules handshakeRules() {
    return new HandshakeRules(
        tls.mode(), maxOptions, maxOptionsPerSecond, Math.toIntExact(maxOptionLength.toBytes()));
  }

  /** The path of {@link #unixSocket}; null if there is to be none. */
  public @Nullable FilePath unixSocketPath() {
    return unixSocket == null ? null : FilePath.configured(unixSocket);
  }

  /** Who may use the Unix socket. */
  FilePermissions unixSocketPermissions() {
    return new FilePermissions(
        Integer.parseInt(unixSocketMode, 8),
        unixSocketGroup == null ? FilePermissions.SAME_GROUP : unixSocketGroup);
  }
}
