package dev.sluice.server;

import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.nio.file.Path;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Where and how the NBD listener works.
 *
 * @param address the address to listen on
 * @param port the port to listen on; 0 takes any free one, -1 none: no TCP
 * @param unixSocket a Unix socket to listen on as well
 * @param advertisedHost the host in the URIs given out; the listen address if not set
 * @param tls whether and how connections are encrypted
 * @param handshakeTimeout how long a client may take to choose an export
 * @param keepAlive how long a TCP connection may be silent before its far end has to give a sign of
 *     life, and how long that may take; 0 leaves it to Linux
 * @param maxConnections connections at a time, in the handshake and after it
 * @param maxConnectionsPerAddress how many of them one client's address may have, or one IPv6
 *     network of 64 bits
 * @param maxConnectionsPerExport clients of one export at a time
 * @param maxOptions options that a client may send in its handshake
 * @param maxOptionLength the longest data of an option
 */
@Validated
@ConfigurationProperties("sluice.nbd")
public record NbdProperties(
    @DefaultValue("127.0.0.1") @NotBlank String address,
    @DefaultValue("10809") @Min(-1) @Max(65535) int port,
    @Nullable Path unixSocket,
    @Nullable String advertisedHost,
    @DefaultValue @Valid TlsProperties tls,
    @DefaultValue("10s") @DurationMin(millis = 1) Duration handshakeTimeout,
    @DefaultValue("2m") @DurationMin(seconds = 0) Duration keepAlive,
    @DefaultValue("1024") @Min(1) int maxConnections,
    @DefaultValue("256") @Min(1) int maxConnectionsPerAddress,
    @DefaultValue("16") @Min(1) int maxConnectionsPerExport,
    @DefaultValue("8192") @Min(MIN_OPTIONS) int maxOptions,
    @DefaultValue("64KB") DataSize maxOptionLength) {

  /** No client needs as many for one export. */
  static final int MIN_OPTIONS = 16;

  /** Room for the longest name, and a query as long. */
  static final DataSize MIN_OPTION_LENGTH = DataSize.ofKilobytes(8);

  /** What each connection in the handshake may hold. */
  static final DataSize MAX_OPTION_LENGTH = DataSize.ofMegabytes(1);

  @AssertTrue(message = "sluice.nbd.max-option-length must be from 8KB to 1MB")
  boolean isMaxOptionLengthInRange() {
    return maxOptionLength.compareTo(MIN_OPTION_LENGTH) >= 0
        && maxOptionLength.compareTo(MAX_OPTION_LENGTH) <= 0;
  }

  /** The same in bytes. */
  int maxOptionBytes() {
    return Math.toIntExact(maxOptionLength.toBytes());
  }
}
