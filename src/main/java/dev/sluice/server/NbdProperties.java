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
 * The configuration of the NBD listener.
 *
 * @param address the address to listen on
 * @param port the TCP port to listen on; 0 takes any free one, -1 disables TCP
 * @param unixSocket the path of a Unix socket to listen on as well; null for none
 * @param unixSocketMode the permissions of that socket, in octal, such as "0600"
 * @param unixSocketGroup the group ID of that socket; null leaves it to Linux
 * @param advertisedHost the host in the URIs of exports; null for the listen address, or for an
 *     address of this machine if that is a wildcard
 * @param advertisedPort the port in the URIs of exports; null for the listen port
 * @param tls whether and how connections are encrypted
 * @param handshakeTimeout how long a client may take to choose an export
 * @param keepAlive the silence of a TCP connection after which keep-alive probes are sent, and how
 *     long they may go unanswered; 0 keeps Linux's default
 * @param maxConnections the most connections at a time, in the handshake and after it
 * @param maxConnectionsPerAddress the most connections of one client address, or of one IPv6 /64
 *     network
 * @param maxConnectionsPerExport the most clients of one export at a time
 * @param maxOptions the most options that a client may send in its handshake; each export of a list
 *     counts. No client needs 16 for one export
 * @param maxOptionsPerSecond how many options of a client are answered in a second, beyond its
 *     first 64
 * @param maxOptionLength the most bytes of data of an option: enough for the longest name and a
 *     query of the same length. A connection in the handshake may buffer as much
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

  /** Takes blank values as not set. */
  public NbdProperties {
    unixSocket = StringUtils.hasText(unixSocket) ? unixSocket : null;
    advertisedHost = StringUtils.hasText(advertisedHost) ? advertisedHost : null;
  }

  /** Returns the limits of each handshake. */
  public HandshakeRules handshakeRules() {
    return new HandshakeRules(
        tls.mode(), maxOptions, maxOptionsPerSecond, Math.toIntExact(maxOptionLength.toBytes()));
  }

  /** Returns the path of {@link #unixSocket}; null for none. */
  public @Nullable FilePath unixSocketPath() {
    return unixSocket == null ? null : FilePath.configured(unixSocket);
  }

  /** Returns the permissions of the Unix socket. */
  FilePermissions unixSocketPermissions() {
    return new FilePermissions(
        Integer.parseInt(unixSocketMode, 8),
        unixSocketGroup == null ? FilePermissions.SAME_GROUP : unixSocketGroup);
  }
}
