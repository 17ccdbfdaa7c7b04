package dev.sluice.server;

import dev.sluice.configuration.FileRights;
import dev.sluice.posix.FilePath;
import dev.sluice.posix.FilePermissions;
import dev.sluice.server.handshake.HandshakeRules;
import dev.sluice.server.transport.TlsProperties;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;

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
 * @param maxOptions options that a client may send in its handshake; each export of a list counts
 * @param maxOptionsPerSecond options of a client beyond its first 64 that are answered in a second
 * @param maxOptionLength the longest data of an option
 */
@ConfigurationProperties("sluice.nbd")
public record NbdProperties(
    @DefaultValue("127.0.0.1") String address,
    @DefaultValue("10809") int port,
    @Nullable String unixSocket,
    @DefaultValue("0600") String unixSocketMode,
    @Nullable Integer unixSocketGroup,
    @Nullable String advertisedHost,
    @Nullable Integer advertisedPort,
    @DefaultValue TlsProperties tls,
    @DefaultValue("10s") @DurationUnit(ChronoUnit.SECONDS) Duration handshakeTimeout,
    @DefaultValue("2m") @DurationUnit(ChronoUnit.SECONDS) Duration keepAlive,
    @DefaultValue("1024") int maxConnections,
    @DefaultValue("256") int maxConnectionsPerAddress,
    @DefaultValue("16") int maxConnectionsPerExport,
    @DefaultValue("8192") int maxOptions,
    @DefaultValue("500") int maxOptionsPerSecond,
    @DefaultValue("64KB") DataSize maxOptionLength)
    implements Validator {

  private static final Duration MIN_HANDSHAKE_TIMEOUT = Duration.ofMillis(1);

  /** No client needs as many for one export. */
  static final int MIN_OPTIONS = 16;

  /** Room for the longest name, and a query as long. */
  static final DataSize MIN_OPTION_LENGTH = DataSize.ofKilobytes(8);

  /** What each connection in the handshake may hold. */
  static final DataSize MAX_OPTION_LENGTH = DataSize.ofMegabytes(1);

  /** What each handshake has to keep to. */
  public HandshakeRules handshakeRules() {
    return new HandshakeRules(
        tls.mode(), maxOptions, maxOptionsPerSecond, Math.toIntExact(maxOptionLength.toBytes()));
  }

  /** The path of {@link #unixSocket}; null if there is to be none. */
  public @Nullable FilePath unixSocketPath() {
    return StringUtils.hasText(unixSocket) ? FilePath.configured(unixSocket) : null;
  }

  /** Who may use the Unix socket. */
  FilePermissions unixSocketPermissions() {
    return new FilePermissions(
        FileRights.bits(unixSocketMode),
        unixSocketGroup == null ? FilePermissions.SAME_GROUP : unixSocketGroup);
  }

  @Override
  public boolean supports(Class<?> type) {
    return type == NbdProperties.class;
  }

  @Override
  public void validate(Object target, Errors errors) {
    ((NbdProperties) target).check(errors);
  }

  private void check(Errors errors) {
    if (address.isBlank()) {
      errors.rejectValue("address", "blank", "must be an address to listen on");
    }
    if (port < -1 || port > 65_535) {
      errors.rejectValue("port", "range", "must be from -1 to 65535");
    }
    String complaint = StringUtils.hasText(unixSocket) ? FilePath.complaint(unixSocket) : null;
    if (complaint != null) {
      errors.rejectValue("unixSocket", "path", "must be a path: " + complaint);
    }
    FileRights.check("unixSocketMode", unixSocketMode, "unixSocketGroup", unixSocketGroup, errors);
    if (StringUtils.hasText(advertisedHost) && !AdvertisedHost.isUsable(advertisedHost)) {
      errors.rejectValue("advertisedHost", "format", AdvertisedHost.EXPECTED);
    }
    if (advertisedPort != null && (advertisedPort < 1 || advertisedPort > 65_535)) {
      errors.rejectValue("advertisedPort", "range", "must be from 1 to 65535");
    }
    if (tls.mode() != TlsProperties.Mode.OFF && !StringUtils.hasText(tls.bundle())) {
      errors.rejectValue(
          "tls.bundle",
          "missing",
          "must name an SSL bundle (a key below spring.ssl.bundle.pem, for example) unless"
              + " sluice.nbd.tls.mode is off");
    }
    if (handshakeTimeout.compareTo(MIN_HANDSHAKE_TIMEOUT) < 0) {
      errors.rejectValue("handshakeTimeout", "range", "must be 1ms or longer");
    }
    if (keepAlive.isNegative()) {
      errors.rejectValue("keepAlive", "range", "must be 0 or longer");
    }
    requireAtLeast(1, "maxConnections", maxConnections, errors);
    requireAtLeast(1, "maxConnectionsPerAddress", maxConnectionsPerAddress, errors);
    requireAtLeast(1, "maxConnectionsPerExport", maxConnectionsPerExport, errors);
    requireAtLeast(MIN_OPTIONS, "maxOptions", maxOptions, errors);
    requireAtLeast(1, "maxOptionsPerSecond", maxOptionsPerSecond, errors);
    if (maxOptionLength.compareTo(MIN_OPTION_LENGTH) < 0
        || maxOptionLength.compareTo(MAX_OPTION_LENGTH) > 0) {
      errors.rejectValue("maxOptionLength", "range", "must be from 8KB to 1MB");
    }
  }

  private static void requireAtLeast(int least, String field, int value, Errors errors) {
    if (value < least) {
      errors.rejectValue(field, "range", "must be %d or more".formatted(least));
    }
  }
}
